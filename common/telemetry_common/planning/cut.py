"""Cuts a template into blocks: valid OTLP requests made of byte ranges of the file.

A block holds a run of events. Where it ends inside a container, that container is opened up: its
tag and length are written anew, its rest (resource, scope, …) is repeated, and only the wanted
children follow. Containers that lie wholly inside are one byte range with their neighbours, so
a block is a handful of pieces whatever its size. Protobuf lets fields of different numbers stand
in any order, hence the rest may always come first.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from telemetry_common.errors import TemplateError
from telemetry_common.planning.plan import Level, Plan, locate
from telemetry_common.planning.wire import LENGTH, Offsets, encode_varint
from telemetry_common.signals import Signal

MAX_SPANS = 10_000
"""Most spans in one request, whatever the batch size."""

Piece = bytes | slice
"""Literal bytes, or a range of the template file."""

_HEADER_BYTES = 11
"""Most bytes of a container's tag and length that are written anew."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a block may hold: traces that begin in it (for other signals: events), and bytes."""

    batch: int
    max_bytes: int
    max_events: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A byte range of the template file and where it stands in the block."""

    start: int
    end: int
    at: int


@dataclass(frozen=True, slots=True)
class Block:
    """One request's worth of template: the events `first` up to `last` of a file.

    `index` is its place among the blocks of a pass. `parts` are the ranges that come from the file,
    `literals` the bytes between them with their places, and `size` all of them together.
    """

    index: int
    first: int
    last: int
    size: int
    parts: tuple[Part, ...]
    literals: tuple[tuple[int, bytes], ...]

    @property
    def events(self) -> int:
        """Spans, data points, log records or samples in the block."""
        return self.last - self.first


def cut_events(plan: Plan, index: int, first: int, last: int) -> Block:
    """Return the block with the events `first` up to `last` of the planned file."""
    at = 0
    parts: list[Part] = []
    literals: list[tuple[int, bytes]] = []
    for piece in _root_pieces(plan, first, last):
        if isinstance(piece, bytes):
            literals.append((at, piece))
        elif parts and parts[-1].end == piece.start and parts[-1].at + _length(parts[-1]) == at:
            parts[-1] = Part(parts[-1].start, piece.stop, parts[-1].at)
        else:
            parts.append(Part(piece.start, piece.stop, at))
        at += _piece_length(piece)
    return Block(index, first, last, at, tuple(parts), tuple(literals))


def _length(part: Part) -> int:
    return part.end - part.start


def _piece_length(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece.stop - piece.start


def _root_pieces(plan: Plan, first: int, last: int) -> Iterator[Piece]:
    if (first, last) == (0, plan.events):
        yield slice(0, plan.size)
    else:
        yield from _opened(plan, 0, 0, first, last)


def _opened(plan: Plan, depth: int, row: int, first: int, last: int) -> Iterator[Piece]:
    """Yield the body of container `row` at `depth` with only the events `first` up to `last`."""
    level = plan.levels[depth]
    rest = range(int(level.rest_first[row]), int(level.rest_first[row + 1]))
    for i in rest:
        yield slice(int(level.rest_start[i]), int(level.rest_end[i]))
    if depth + 1 == len(plan.levels):
        start, end = int(plan.event_start[first]), int(plan.event_end[last - 1])
        yield from _without(level, rest, start, end)
    else:
        yield from _children(plan, depth, rest, first, last)


def _children(plan: Plan, depth: int, rest: range, first: int, last: int) -> Iterator[Piece]:
    """Yield the child containers, those at either end opened up where the run cuts them."""
    below = plan.levels[depth + 1]
    head, tail = _holder(below, first), _holder(below, last - 1)
    head_whole = first == int(below.first_event[head])
    tail_whole = last == int(below.first_event[tail + 1])
    if head == tail and not (head_whole and tail_whole):
        yield from _rebuilt(plan, depth + 1, head, first, last)
        return
    if not head_whole:
        yield from _rebuilt(plan, depth + 1, head, first, int(below.first_event[head + 1]))
    start, end = head + (not head_whole), tail + tail_whole
    if start < end:
        span = int(below.start[start]), int(below.end[end - 1])
        yield from _without(plan.levels[depth], rest, *span)
    if not tail_whole:
        yield from _rebuilt(plan, depth + 1, tail, int(below.first_event[tail]), last)


def _holder(level: Level, event: int) -> int:
    """Return the container of `level` that holds `event`."""
    return locate(level.first_event, event, "right") - 1


def _rebuilt(plan: Plan, depth: int, row: int, first: int, last: int) -> Iterator[Piece]:
    body = list(_opened(plan, depth, row, first, last))
    tag = int(plan.levels[depth].number[row]) << 3 | LENGTH
    yield encode_varint(tag) + encode_varint(sum(map(_piece_length, body)))
    yield from body


def _without(level: Level, rest: range, start: int, end: int) -> Iterator[Piece]:
    """Yield `start`..`end` without those fields of the rest that stand between the children."""
    inside = [i for i in rest if start <= int(level.rest_start[i]) < end]
    for i in inside:
        if start < int(level.rest_start[i]):
            yield slice(start, int(level.rest_start[i]))
        start = int(level.rest_end[i])
    yield slice(start, end)


def block_bounds(plan: Plan, limits: Limits) -> Offsets:
    """Return the first event of each block of a pass, and the number of events last.

    Blocks end between units; a unit that is too large for one block is cut between its events.
    Raises TemplateError where a single event is larger than the message limit.
    """
    around, beginnings = _surroundings(plan), _beginnings(plan)
    bounds = [0]
    while bounds[-1] < plan.events:
        bounds.append(_next_bound(plan, limits, around, beginnings, bounds[-1]))
    return np.array(bounds, np.int64)


def _beginnings(plan: Plan) -> Offsets:
    """Return the events with which traces and other units begin, and the number of events last.

    Traces are numbered by first appearance, so one begins where the highest number so far rises.
    """
    if plan.signal is not Signal.TRACES:
        return plan.unit_first.astype(np.int64)
    highest = np.maximum.accumulate(np.append(-1, plan.event_trace))
    begins = np.flatnonzero(np.diff(highest))
    return np.union1d(begins, plan.unit_first).astype(np.int64)


def _next_bound(plan: Plan, limits: Limits, around: int, beginnings: Offsets, first: int) -> int:
    most = min(first + _most_events(plan, limits), plan.events)
    if plan.signal is Signal.TRACES:
        begun = locate(beginnings, first, "right") - 1
        most = min(most, int(beginnings[min(begun + limits.batch, len(beginnings) - 1)]))
    if around + int(plan.event_end[most - 1]) - int(plan.event_start[first]) > limits.max_bytes:
        most = _fitting(plan, limits.max_bytes, first, most)
    whole = int(plan.unit_first[locate(plan.unit_first, most, "right") - 1])
    return whole if whole > first else most


def _most_events(plan: Plan, limits: Limits) -> int:
    most = MAX_SPANS if plan.signal is Signal.TRACES else limits.batch
    return most if limits.max_events is None else max(1, min(most, limits.max_events))


def _fitting(plan: Plan, max_bytes: int, first: int, most: int) -> int:
    """Return up to which event, at most `most`, a block from `first` keeps the message limit."""

    def size(last: int) -> int:
        return cut_events(plan, 0, first, last).size

    fitting = bisect_right(range(first + 1, most + 1), max_bytes, key=size)
    if not fitting:
        raise _too_large(plan, first, size(first + 1), max_bytes)
    return first + fitting


def _too_large(plan: Plan, event: int, size: int, max_bytes: int) -> TemplateError:
    place, dictionary = f"event {event} of the {plan.signal.event_noun}", _repeated_bytes(plan)
    if plan.signal is Signal.PROFILES and dictionary:
        place += f", with the dictionary of {dictionary:,} bytes that every request repeats,"
    problem = f"{place} takes {size:,} bytes, more than the limit of {max_bytes:,}"
    return TemplateError("otlp.max_message_size", problem, "raise the limit")


def _repeated_bytes(plan: Plan) -> int:
    """Return the bytes beside the resources, which are in every block."""
    root = plan.levels[0]
    return int(np.sum(root.rest_end - root.rest_start, dtype=np.int64))


def _surroundings(plan: Plan) -> int:
    """Return an upper bound of the bytes that a block has beside those from event to event.

    They are what opened containers repeat at both of its ends, and what stands between its first
    and last event and their neighbours outside.
    """
    around = 2 * _largest_gap(plan)
    for depth, level in enumerate(plan.levels):
        ends = 1 if depth == 0 else 2
        sizes = np.append(0, np.cumsum(level.rest_end - level.rest_start, dtype=np.int64))
        largest = int((sizes[level.rest_first[1:]] - sizes[level.rest_first[:-1]]).max(initial=0))
        around += ends * (largest + _HEADER_BYTES)
    return around


def _largest_gap(plan: Plan) -> int:
    """Return the most bytes between two events, or an event and an end of the file."""
    before = np.append(0, plan.event_end.astype(np.int64))
    return int((np.append(plan.event_start, plan.size) - before).max())
