"""Spans as rows of wire format, in the order of the file."""

from collections.abc import Sequence

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, join, spread
from telemetry_generator.encode.holes import FILLERS
from telemetry_generator.encode.resends import Resends
from telemetry_generator.encode.span_events import SpanEvents
from telemetry_generator.encode.span_flags import flag_cells
from telemetry_generator.encode.span_links import SpanLinks
from telemetry_generator.encode.span_parts import SPAN_ATTRIBUTES, SpanPart
from telemetry_generator.encode.span_pools import PeerTable, PoolTable
from telemetry_generator.encode.span_texts import SLOTS, SpanTexts, SpanTextTable
from telemetry_generator.encode.trace_state import TraceStates
from telemetry_generator.semantics.draws import source_bits
from telemetry_generator.semantics.pools import Source
from telemetry_generator.semantics.sides import find_sides
from telemetry_generator.traces.table import ROOT, SpanTable
from telemetry_generator.world.model import Topology

_TRACE_ID = b"\x0a\x10"  # field 1, 16 bytes
_SPAN_ID = b"\x12\x08"  # field 2, 8 bytes
_PARENT_ID = b"\x22\x08"  # field 4, 8 bytes


class SpanEncoder:
    """Encodes spans; what many of them share is rendered once and chosen by index."""

    def __init__(
        self,
        topology: Topology,
        config: TracesConfig,
        more_attributes: Sequence[SpanPart] = (),
        reserved: frozenset[str] = frozenset(),
    ) -> None:
        """Take further attributes; those of `reserved` keys have no other source."""
        self._texts = SpanTextTable(topology, reserved)
        self._pools = PoolTable(SPAN_ATTRIBUTES)
        self._peers = PeerTable(SPAN_ATTRIBUTES, topology)
        self._states = _state_parts(config)
        self._more = [
            Resends(topology),
            *more_attributes,
            SpanEvents(topology),
            SpanLinks(all_sampled=config.sampling is None),
        ]

    def spans(self, table: SpanTable, rows: I64) -> Cells:
        """Return the content of the spans of a table's `rows`, one a row."""
        sides = find_sides(table)
        texts = self._texts.texts(
            table.operation[rows], table.kind[rows], sides.ending[rows], sides.outside[rows]
        )
        peers = sides.peer[rows]
        instances = np.where(peers == ROOT, ROOT, table.instance[peers])
        sources = source_bits(table)[:, rows]
        return join(
            _id_cells(table, rows),
            *(part.cells(table, rows) for part in self._states),
            _parent_cells(table, rows),
            _head_cells(table, rows, texts, sources[Source.CALL]),
            *self._varying_cells(texts, sources),
            self._peers.pick(texts.peer, instances),
            *(part.cells(table, rows) for part in self._more),
            Cells.pick(texts.statuses, texts.status),
            flag_cells(table, rows),
        )

    def _varying_cells(self, texts: SpanTexts, sources: U64) -> list[Cells]:
        slots = (texts.pools[:, slot] for slot in range(SLOTS))
        return [self._pools.pick(pools, sources) for pools in slots if pools.any()]


def _state_parts(config: TracesConfig) -> list[TraceStates]:
    sampling = config.sampling
    return [TraceStates(sampling)] if sampling and sampling.tracestate else []


def _id_cells(table: SpanTable, rows: I64) -> Cells:
    traces = table.trace[rows]
    return join(
        Cells.words(_TRACE_ID, table.trace_high[traces], table.trace_low[traces]),
        Cells.words(_SPAN_ID, table.span_id[rows]),
    )


def _parent_cells(table: SpanTable, rows: I64) -> Cells:
    parents = table.parent_ids()[rows]
    places = np.flatnonzero(parents)
    return spread(Cells.words(_PARENT_ID, parents[places]), places, len(rows))


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
