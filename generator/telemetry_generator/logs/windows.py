"""Windows on the spans: the requests that a chunk of records belongs to."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, draw
from telemetry_generator.logs.statuses import ErrorStatuses
from telemetry_generator.logs.table import NONE, Places
from telemetry_generator.semantics.draws import source_bits
from telemetry_generator.semantics.pools import Source
from telemetry_generator.semantics.sides import find_sides
from telemetry_generator.traces.table import Kind, Outcome, SpanTable
from telemetry_generator.world import model
from telemetry_generator.world.model import Topology

_ORDER = 1000  # purpose of a span's draw; see `draws.draw`


class Requests(Protocol):
    """The requests of a set, whose spans can be made again: see `TraceFactory`."""

    @property
    def requests(self) -> int:
        """Number of requests in the set."""

    @property
    def typical_spans(self) -> float:
        """Spans of a request, on average."""

    def table(self, first: int, count: int) -> SpanTable:
        """Return the spans of requests `first .. first + count - 1`."""


def window_of(chunk: int, size: int, requests: int) -> tuple[int, int]:
    """Return the first request that chunk `chunk` refers to, and how many there are.

    Chunk after chunk takes the next `size` requests, and starts over when they are used up.
    """
    size = min(size, requests)
    windows = -(-requests // size)
    return min(chunk % windows * size, requests - size), size


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The spans of some requests, and which of them records may belong to."""

    spans: SpanTable
    outcome: I64
    """How the called side of each span ended."""
    peer: I64
    """The instance that called, NONE where that was no service of the set."""
    bits: U64
    """The random bits of each `semantics.pools.Source`; shape (3, n)."""
    served: I64
    """Rows of HTTP requests that were answered, in random order."""
    failed: I64
    """Rows of spans with an error status."""

    @classmethod
    def of(cls, spans: SpanTable, topology: Topology, statuses: ErrorStatuses) -> Self:
        """Look at spans through a window that shows all of them."""
        sides = find_sides(spans)
        peer = np.where(sides.peer < 0, NONE, spans.instance[sides.peer])
        failing = np.flatnonzero(np.isin(spans.outcome, (Outcome.FAILED, Outcome.FAULT)))
        return cls(
            spans=spans,
            outcome=sides.ending,
            peer=peer,
            bits=source_bits(spans),
            served=_served(spans, topology),
            failed=failing[statuses.among(spans, sides.ending, failing)],
        )

    def places(self, rows: I64, times: I64) -> Places:
        """Return records at these times in the spans of these rows."""
        spans = self.spans
        return Places(
            writer=spans.instance[rows],
            time=times,
            span=rows,
            operation=spans.operation[rows],
            outcome=self.outcome[rows],
            peer=self.peer[rows],
            thread=self.bits[Source.SPAN, rows],
            call=self.bits[Source.CALL, rows],
            request=self.bits[Source.REQUEST, rows],
        )


def _served(spans: SpanTable, topology: Topology) -> I64:
    is_http = np.array([one.protocol is model.Protocol.HTTP for one in topology.operations])
    rows = np.flatnonzero((spans.kind == Kind.SERVER) & is_http[spans.operation])
    shuffled: I64 = rows[np.argsort(draw(spans.key[rows], _ORDER), kind="stable")]
    return shuffled
