"""Walks a template file from its root to its events and records what each container holds."""

from dataclasses import dataclass, field

import numpy as np

from telemetry_common.planning.layout import Container, Layout
from telemetry_common.planning.plan import Level
from telemetry_common.planning.wire import LENGTH, Bytes, Fields, Flags, Messages, Offsets, scan


@dataclass(frozen=True, slots=True)
class Opened:
    """A table of containers, opened: their children and their rest, each ordered by offset."""

    children: Fields
    rest: Fields


def open_containers(data: Bytes, container: Container, table: Messages) -> Opened:
    """Tell the children of each container in `table` from the rest. Raises WireError."""
    fields = scan(data, table)
    child = (fields.wire == LENGTH) & np.isin(fields.number, list(container.children))
    if len(container.children) > 1:
        child &= _last_kind(fields, child)
    return Opened(fields.select(child), fields.select(~child))


def _last_kind(fields: Fields, child: Flags) -> Flags:
    """Tell the fields of the oneof member that comes last: a parser keeps only that one."""
    kind = np.zeros(int(fields.owner.max(initial=-1)) + 1, np.int64)
    kind[fields.owner[child]] = fields.number[child]
    same: Flags = kind[fields.owner] == fields.number
    return same


@dataclass(slots=True)
class _Rows:
    """What is known so far of the containers of one level."""

    number: list[Offsets] = field(default_factory=list)
    start: list[Offsets] = field(default_factory=list)
    end: list[Offsets] = field(default_factory=list)
    parent: list[Offsets] = field(default_factory=list)
    rest_owner: list[Offsets] = field(default_factory=list)
    rest_start: list[Offsets] = field(default_factory=list)
    rest_end: list[Offsets] = field(default_factory=list)
    count: int = 0


@dataclass(slots=True)
class LevelCollector:
    """Records the containers of a file, chunk by chunk, and the events at the bottom."""

    layout: Layout
    _levels: list[_Rows] = field(init=False)
    _events: _Rows = field(default_factory=_Rows)

    def __post_init__(self) -> None:
        self._levels = [_Rows() for _ in self.layout.containers]

    @property
    def events(self) -> int:
        """Events recorded so far."""
        return self._events.count

    def count(self, level: int) -> int:
        """Return the number of containers recorded at `level` so far."""
        return self._levels[level].count

    def add(self, level: int, children: Fields, parents_before: int) -> None:
        """Record containers of `level` (behind the last one: events) with their parents.

        `children.owner` counts from the first parent of this chunk, `parents_before` of which were
        recorded earlier.
        """
        rows = self._levels[level] if level < len(self._levels) else self._events
        rows.number.append(children.number)
        rows.start.append(children.tag)
        rows.end.append(children.end)
        rows.parent.append(children.owner + parents_before)
        rows.count += len(children)

    def add_rest(self, level: int, rest: Fields, before: int) -> None:
        """Record the fields of containers at `level` that are not children."""
        rows = self._levels[level]
        rows.rest_owner.append(rest.owner + before)
        rows.rest_start.append(rest.tag)
        rows.rest_end.append(rest.end)

    def event_ranges(self) -> tuple[Offsets, Offsets]:
        """Return the start (at the tag) and the end of every event."""
        return _joined(self._events.start), _joined(self._events.end)

    def levels(self) -> tuple[Level, ...]:
        """Return all levels, from the root downwards."""
        below = self._events
        counts = np.ones(below.count, np.int64)
        found: list[Level] = []
        for rows in reversed(self._levels):
            held = np.bincount(_joined(below.parent), weights=counts, minlength=rows.count)
            counts = held.astype(np.int64)
            found.append(_level(rows, counts))
            below = rows
        return tuple(reversed(found))


def _level(rows: _Rows, events: Offsets) -> Level:
    rest_counts = np.bincount(_joined(rows.rest_owner), minlength=rows.count)
    return Level(
        number=_joined(rows.number),
        start=_joined(rows.start),
        end=_joined(rows.end),
        first_event=starts(events),
        rest_first=starts(rest_counts),
        rest_start=_joined(rows.rest_start),
        rest_end=_joined(rows.rest_end),
    )


def starts(counts: Offsets) -> Offsets:
    """Return where runs of these lengths start, and where the last one ends: shape (n + 1,)."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _joined(parts: list[Offsets]) -> Offsets:
    return np.concatenate([np.empty(0, np.int64), *parts])
