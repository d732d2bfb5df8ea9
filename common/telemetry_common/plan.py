"""The plan of a template file: where its slots are, how they belong together, where to cut it.

A plan holds offsets and indices as NumPy arrays and nothing of the file's bytes. All slot arrays
are ordered by offset, so the slots of a byte range are a slice of each.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.signals import Signal
from telemetry_common.wire import Offsets

Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Slots:
    """Places of one kind: `offset` (n,) in the file, and `index` (n,), what each belongs to."""

    offset: Offsets
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

    number: Offsets
    start: Offsets
    end: Offsets
    first_event: Offsets
    rest_first: Offsets
    rest_start: Offsets
    rest_end: Offsets


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
    event_start: Offsets
    """Where each event begins, tag included."""
    event_end: Offsets
    unit_first: Offsets
    """First event of each unit, and the number of events last."""
    time: Slots
    """Times; the index is the clock."""
    time_value: NDArray[np.uint64]
    """Template value of each of these times."""
    trace_id: Slots
    """First bytes of trace ids of the set; the index is the trace."""
    span_id: Slots
    """Span ids of the set, also where a parent, link, log or exemplar names one; index: span."""
    foreign: Offsets
    """8-byte words of ids that name nothing in the set."""
    point_time: Offsets
    point_start: Slots
    """Starts of data points; the index is 1 for delta temporality, else 0."""
    count: Offsets
    """64-bit integers of cumulative points that grow with every pass."""
    amount: Offsets
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
    def units(self) -> int:
        """Traces, metrics, log records or profiles in the file."""
        return len(self.unit_first) - 1
