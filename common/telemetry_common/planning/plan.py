"""The plan of a template file: where its slots are, how they belong together, where to cut it.

A plan holds offsets and indices as NumPy arrays and nothing of the file's bytes. All slot arrays
are ordered by offset, so the slots of a byte range are a slice of each.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from telemetry_common.signals import Signal

Indices = NDArray[np.int32]
Column = NDArray[np.integer[Any]]
"""Offsets, counts or positions: 8 bytes each, or 4 where the file is below 4 GiB."""


@dataclass(frozen=True, slots=True)
class Slots:
    """Places of one kind: `offset` (n,) in the file, and `index` (n,), what each belongs to."""

    offset: Column
    index: Indices

    def __len__(self) -> int:
        return len(self.offset)


@dataclass(frozen=True, slots=True)
class Level:
    """The containers at one depth, in file order, n of them.

    `number` is the field number that each has in its parent; `start`..`end` is the whole field, tag
    included. Container i holds the events `first_event[i]` up to `first_event[i + 1]`. Its *rest*,
    the fields beside the children, are the ranges `rest_first[i]` up to `rest_first[i + 1]`.
    """

    number: Column
    start: Column
    end: Column
    first_event: Column
    rest_first: Column
    rest_start: Column
    rest_end: Column


@dataclass(frozen=True, slots=True)
class Plan:
    """All slots of one template file of `size` bytes with the hash `sha256`.

    A *clock* is what a time slot moves with: values below `traces` are traces of the set, the
    others are clocks of this file alone, whose latest template time is `anchor[clock - traces]`.
    """

    signal: Signal
    size: int
    sha256: str
    resolved_against: str
    """SHA-256 of the traces file that ids were resolved against; empty without one."""
    traces: int
    """Distinct traces of the set."""
    spans: int
    """Spans of the set."""
    levels: tuple[Level, ...]
    """Containers from the root downwards."""
    event_start: Column
    """Where each event begins, tag included."""
    event_end: Column
    unit_first: Column
    """First event of each unit, and the number of events last."""
    time: Slots
    """Times; the index is the clock."""
    time_value: NDArray[np.uint64]
    """Template value of each of these times."""
    trace_id: Slots
    """First bytes of trace ids of the set; the index is the trace."""
    span_id: Slots
    """Span ids of the set, also where a parent, link, log or exemplar names one; index: span."""
    profile_id: Slots
    """First bytes of profile ids; the index is the profile, counted through the file."""
    foreign: Column
    """8-byte words of ids that name nothing in the set."""
    point_time: Column
    point_start: Slots
    """Starts of data points; the index is 1 for delta temporality, else 0."""
    count: Column
    """64-bit integers of cumulative points that grow with every pass."""
    amount: Column
    """Doubles of cumulative points that grow with every pass."""
    anchor: NDArray[np.uint64]
    """Latest template time of each clock of this file alone."""
    trace_end: NDArray[np.uint64]
    """Latest template time of each trace: of the traces file only, else empty."""
    event_trace: Indices
    """The trace of each span, -1 for none: of the traces file only, else empty."""

    @property
    def events(self) -> int:
        """Spans, data points, log records or samples in the file."""
        return len(self.event_start)

    @property
    def profile_numbers(self) -> int:
        """Profiles and samples in the file together, by which profiles are told apart."""
        if self.signal is not Signal.PROFILES:
            return 0
        return len(self.levels[-1].start) + self.events


def locate(column: Column, value: int, side: Literal["left", "right"] = "left") -> int:
    """Return where `value` belongs in an ordered column, as `numpy.searchsorted` does.

    NumPy would copy the whole column if the value had another type.
    """
    value = min(value, int(np.iinfo(column.dtype).max))
    return int(column.searchsorted(column.dtype.type(value), side))


def narrowed(plan: Plan) -> Plan:
    """Return the plan with 4-byte columns if its file is small enough: half the memory."""
    narrow: Plan = _narrow(plan) if plan.size < 1 << 32 else plan
    return narrow


def _narrow(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.astype(np.uint32) if value.dtype == np.int64 else value
    if isinstance(value, tuple):
        return tuple(map(_narrow, value))
    if not isinstance(value, Plan | Level | Slots):
        return value
    fields = dataclasses.fields(value)
    parts = {field.name: _narrow(getattr(value, field.name)) for field in fields}
    return dataclasses.replace(value, **parts)
