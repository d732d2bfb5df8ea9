"""A few traces worth looking at, chosen from the sample and read again with all they hold."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status, TracesData

from telemetry_generator.inspection.kinds import kind_name
from telemetry_generator.inspection.model import SpanEvent, SpanRow, Waterfall
from telemetry_generator.inspection.resources import service_name
from telemetry_generator.inspection.span_columns import SpanColumns
from telemetry_generator.inspection.trace_facts import TraceTable
from telemetry_generator.reading.values import text_of

MOST_ROWS = 200
_MOST_ATTRIBUTES = 40
_LONGEST_VALUE = 2_000
_MOST_EVENTS = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """A trace to show, why, and the chunks of the file that hold its spans."""

    title: str
    trace: int
    spans: int
    failed: int
    begin: int
    duration: int
    chunks: tuple[int, ...]


def choose(spans: SpanColumns, table: TraceTable) -> list[Choice]:
    """Choose a typical trace, one that failed, the one with the most services, and extremes."""
    chosen: dict[int, str] = {}
    for title, row in _candidates(table):
        chosen.setdefault(row, title)
    return [_choice(title, row, spans, table) for row, title in chosen.items()]


def _candidates(table: TraceTable) -> Iterator[tuple[str, int]]:
    oddity = _oddity(table)
    sound = np.where(table.failed == 0, 0.0, 10.0)
    yield "A typical trace", int(np.argmin(oddity + sound))
    if table.failed.any():
        yield "A trace with an error", int(np.argmin(np.where(table.failed > 0, oddity, np.inf)))
    yield "The most services", int(np.lexsort((oddity, -table.services))[0])
    yield "The longest trace", int(np.argmax(table.duration))
    yield "The largest trace", int(np.argmax(table.spans))


def _oddity(table: TraceTable) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return how far each trace is from the median in size and duration, in powers of e."""
    odd = np.zeros(len(table.trace))
    for column in (table.spans, table.duration, table.services):
        logs = np.log(np.maximum(column, 1).astype(np.float64))
        odd += np.abs(logs - np.median(logs))
    return odd


def _choice(title: str, row: int, spans: SpanColumns, table: TraceTable) -> Choice:
    return Choice(
        title=title,
        trace=row,
        spans=int(table.spans[row]),
        failed=int(table.failed[row]),
        begin=int(table.begin[row]),
        duration=int(table.duration[row]),
        chunks=tuple(np.unique(spans.chunk[table.member == row]).tolist()),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    service: str
    span: Span


def read_waterfall(
    choice: Choice,
    read: Callable[[int], TracesData | None],
    is_wanted: Callable[[bytes], bool],
) -> Waterfall:
    """Return the chosen trace: `read` decodes a chunk, `is_wanted` knows the trace's id."""
    found = [
        _Found(service_name(group.resource), span)
        for number in choice.chunks
        if (data := read(number)) is not None
        for group in data.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
        if is_wanted(span.trace_id)
    ]
    rows = [_row(each, depth, choice.begin) for each, depth in _shown(found)]
    return Waterfall(
        title=choice.title,
        trace_id=found[0].span.trace_id.hex() if found else "",
        duration=choice.duration,
        spans=choice.spans,
        failed=choice.failed,
        rows=tuple(rows),
    )


def _shown(found: list[_Found]) -> Iterator[tuple[_Found, int]]:
    for number, placed in enumerate(_depth_first(found)):
        if number == MOST_ROWS:
            return
        yield placed


def _depth_first(found: list[_Found]) -> Iterator[tuple[_Found, int]]:
    """Yield spans with their depth, parents before children, in order of their start."""
    ordered = sorted(found, key=lambda each: each.span.start_time_unix_nano)
    known = {each.span.span_id for each in ordered}
    children: dict[bytes, list[_Found]] = {}
    for each in ordered:
        parent = each.span.parent_span_id
        children.setdefault(parent if parent in known else b"", []).append(each)
    waiting = [(each, 0) for each in reversed(children.pop(b"", []))]
    while waiting:
        each, depth = waiting.pop()
        yield each, depth
        below = children.pop(each.span.span_id, [])
        waiting += [(child, depth + 1) for child in reversed(below)]


def _row(found: _Found, depth: int, begin: int) -> SpanRow:
    span = found.span
    events = (
        SpanEvent(each.name, max(0, each.time_unix_nano - begin), _texts(each.attributes))
        for each in span.events[:_MOST_EVENTS]
    )
    return SpanRow(
        span_id=span.span_id.hex(),
        name=span.name,
        service=found.service,
        kind=kind_name(span.kind),
        depth=depth,
        start=max(0, span.start_time_unix_nano - begin),
        duration=max(0, span.end_time_unix_nano - span.start_time_unix_nano),
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        message=span.status.message,
        attributes=_texts(span.attributes),
        events=tuple(events),
        links=tuple(f"{link.trace_id.hex()}/{link.span_id.hex()}" for link in span.links[:20]),
    )


def _texts(attributes: Iterable[KeyValue]) -> dict[str, str]:
    pairs = list(attributes)
    texts = {pair.key: text_of(pair.value)[:_LONGEST_VALUE] for pair in pairs[:_MOST_ATTRIBUTES]}
    if len(pairs) > _MOST_ATTRIBUTES:
        texts["…"] = f"{len(pairs) - _MOST_ATTRIBUTES} more attributes"
    return texts
