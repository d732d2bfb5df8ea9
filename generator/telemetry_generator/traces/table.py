"""Spans as columns: what the model of traces makes, and what encoders, logs and exemplars read."""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, Bools

ROOT = -1
"""The parent row of a span without one in the set."""


class Kind(IntEnum):
    """Span kinds, with their numbers in OTLP."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3
    PRODUCER = 4
    CONSUMER = 5


class Outcome(IntEnum):
    """How a span ended."""

    OK = 0
    MISSING = 1
    """The entity does not exist: 404, an error for the client only."""
    FAILED = 2
    """Something below it failed."""
    FAULT = 3
    """The failure started here, with an exception."""


def _no_rows() -> I64:
    return np.empty(0, np.int64)


def _no_words() -> U64:
    return np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class LinkTable:
    """Further span links, to spans of the set that need not be in the table; ascending by owner.

    Every column has shape (links,).
    """

    owner: I64 = field(default_factory=_no_rows)
    """Row of the span that has the link."""
    trace_high: U64 = field(default_factory=_no_words)
    trace_low: U64 = field(default_factory=_no_words)
    span_id: U64 = field(default_factory=_no_words)

    def __len__(self) -> int:
        return len(self.owner)


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """Span events besides exceptions, ascending by owner and time; columns of shape (events,)."""

    owner: I64 = field(default_factory=_no_rows)
    """Row of the span that has the event."""
    time: I64 = field(default_factory=_no_rows)
    """Template time, within the span."""
    key: U64 = field(default_factory=_no_words)
    """The key of the event's further draws: what it is called and says."""

    def __len__(self) -> int:
        return len(self.owner)


@dataclass(frozen=True, slots=True, eq=False)
class SpanTable:
    """The spans of some whole traces, n rows: trace by trace, every parent before its children.

    Columns of integers have shape (n,). Times are template times: 1 + nanoseconds since the
    template's epoch. A request is one trace, and one more for each message that a consumer takes
    up later; `trace` counts them all, `request` counts requests.
    """

    request: I64
    """Number of the request in the whole set."""
    trace: I64
    """Index into `trace_high` and `trace_low`, ascending."""
    parent: I64
    """Row of the parent, ROOT for none."""
    link: I64
    """Row of the span that it links to, -1 for none: a consumer's links to its producer."""
    service: I64
    """The service that it belongs to: the caller for a CLIENT, whose resource it is under."""
    instance: I64
    """The replica of that service: an index into `Topology.instances`."""
    operation: I64
    """What is done: an index into `Topology.operations`; of the callee for a CLIENT."""
    kind: I64
    outcome: I64
    attempt: I64
    """0, or the number of the retry that this is."""
    start: I64
    end: I64
    key: U64
    """The key of each span's further draws (see `draws`); the sides of a call differ in it."""
    detail: U64
    """Random bits that both sides of a call share: the id in a URL, a size."""
    span_id: U64
    """Ids as the word that stands on the wire, little-endian."""
    phantom: U64
    """The parent id of a root whose parent is not in the set, 0 for none."""
    trace_high: U64
    """First words of the trace ids, shape (traces,)."""
    trace_low: U64
    """Second words of the trace ids, shape (traces,)."""
    is_late: Bools
    """Whether the span is a root that is sent after the rest of its trace."""
    sampled: Bools
    """Whether the trace is marked as sampled, shape (traces,)."""
    randomness: U64
    """The 56 random bits that a sampler decided by, shape (traces,): `rv` in the trace state."""
    links: LinkTable = field(default_factory=LinkTable)
    """Links besides `link`."""
    events: EventTable = field(default_factory=EventTable)
    """Events besides exceptions."""
    cut: int = 0
    """Calls that were not made, because their request had reached its limit of spans."""

    def __len__(self) -> int:
        return len(self.parent)

    def parent_ids(self) -> U64:
        """Return the parent id of each row, 0 for a root that has none."""
        found = self.span_id[self.parent]
        return np.where(self.parent == ROOT, self.phantom, found)
