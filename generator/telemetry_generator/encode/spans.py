"""Spans as rows of wire format, in the order of the file."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, Fragments, join, spread
from telemetry_generator.encode.holes import FILLERS
from telemetry_generator.encode.span_events import ExceptionTable
from telemetry_generator.encode.span_flags import flag_cells
from telemetry_generator.encode.span_pools import PeerTable, PoolTable
from telemetry_generator.encode.span_texts import SLOTS, SPAN_ATTRIBUTES, SpanTexts, SpanTextTable
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.semantics.draws import call_bits
from telemetry_generator.semantics.sides import find_sides
from telemetry_generator.traces.table import ROOT, Kind, SpanTable
from telemetry_generator.world.model import Protocol, Topology

_TRACE_ID = b"\x0a\x10"  # field 1, 16 bytes
_SPAN_ID = b"\x12\x08"  # field 2, 8 bytes
_PARENT_ID = b"\x22\x08"  # field 4, 8 bytes
_MAX_RESENDS = 100


class SpanEncoder:
    """Encodes spans; what many of them share is rendered once and chosen by index."""

    def __init__(self, topology: Topology, reserved: frozenset[str] = frozenset()) -> None:
        self._texts = SpanTextTable(topology, reserved)
        self._pools = PoolTable(SPAN_ATTRIBUTES)
        self._peers = PeerTable(SPAN_ATTRIBUTES, topology)
        self._exceptions = ExceptionTable(topology)
        self._resends = Fragments.of(
            [
                attribute_bytes(SPAN_ATTRIBUTES, (("http.request.resend_count", count),))
                for count in range(1, _MAX_RESENDS + 1)
            ]
        )
        self._is_http = np.array(
            [operation.protocol is Protocol.HTTP for operation in topology.operations]
        )

    def spans(self, table: SpanTable, rows: I64) -> Cells:
        """Return the content of the spans of a table's `rows`, one a row."""
        sides = find_sides(table)
        texts = self._texts.texts(
            table.operation[rows], table.kind[rows], sides.ending[rows], sides.outside[rows]
        )
        peers = sides.peer[rows]
        instances = np.where(peers == ROOT, ROOT, table.instance[peers])
        sources = _sources(table)[:, rows]
        return join(
            _id_cells(table, rows),
            _head_cells(table, rows, texts, sources[1]),
            *self._varying_cells(texts, sources),
            self._peers.pick(texts.peer, instances),
            self._resend_cells(table, rows),
            self._exceptions.events(table, rows),
            Cells.pick(texts.statuses, texts.status),
            flag_cells(table, rows),
        )

    def _varying_cells(self, texts: SpanTexts, sources: U64) -> list[Cells]:
        slots = (texts.pools[:, slot] for slot in range(SLOTS))
        return [self._pools.pick(pools, sources) for pools in slots if pools.any()]

    def _resend_cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return `http.request.resend_count` of the requests that were sent again."""
        resent = (table.attempt > 0) & (table.kind == Kind.CLIENT) & self._is_http[table.operation]
        places = np.flatnonzero(resent[rows])
        if not len(places):
            return Cells(len(rows))
        counts = np.minimum(table.attempt[rows[places]], _MAX_RESENDS)
        return spread(Cells.pick(self._resends, counts - 1), places, len(rows))


def _sources(table: SpanTable) -> U64:
    """Return the random bits of each span, of its call and of its request; shape (3, n)."""
    first = np.searchsorted(table.request, table.request)
    return np.stack([table.key, call_bits(table), table.key[first]])


def _id_cells(table: SpanTable, rows: I64) -> Cells:
    traces = table.trace[rows]
    parents = table.parent_ids()[rows]
    places = np.flatnonzero(parents)
    return join(
        Cells.words(_TRACE_ID, table.trace_high[traces], table.trace_low[traces]),
        Cells.words(_SPAN_ID, table.span_id[rows]),
        spread(Cells.words(_PARENT_ID, parents[places]), places, len(rows)),
    )


def _head_cells(table: SpanTable, rows: I64, texts: SpanTexts, call: U64) -> Cells:
    """Return name, kind, times and the attributes that only the case and the call decide on."""
    fill = {
        name: filler(call)
        for name, filler in FILLERS.items()
        if (texts.heads.holes[name][texts.head] >= 0).any()
    }
    fill["start"] = table.start[rows].astype(np.uint64)
    fill["end"] = table.end[rows].astype(np.uint64)
    return Cells.pick(texts.heads, texts.head, fill)
