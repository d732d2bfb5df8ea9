"""Requests that were sent again after a failure: which attempt a span is."""

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, Fragments, spread
from telemetry_generator.encode.span_parts import SPAN_ATTRIBUTES
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.traces.table import Kind, SpanTable
from telemetry_generator.world.model import Protocol, Topology

_MOST = 100


class Resends:
    """`http.request.resend_count` of HTTP requests, `app.retry.attempt` of other calls."""

    def __init__(self, topology: Topology) -> None:
        self._is_http = np.array(
            [operation.protocol is Protocol.HTTP for operation in topology.operations], np.int64
        )
        self._table = Fragments.of(
            [
                attribute_bytes(SPAN_ATTRIBUTES, ((key, count),))
                for key in ("app.retry.attempt", "http.request.resend_count")
                for count in range(1, _MOST + 1)
            ]
        )

    def cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return the number of the attempt, of the callers' spans of a table's `rows`."""
        resent = (table.attempt > 0) & (table.kind != Kind.SERVER)
        places = np.flatnonzero(resent[rows])
        spans = rows[places]
        counts = np.minimum(table.attempt[spans], _MOST)
        index = self._is_http[table.operation[spans]] * _MOST + counts - 1
        return spread(Cells.pick(self._table, index), places, len(rows))
