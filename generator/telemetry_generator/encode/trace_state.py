"""The trace state of spans that a head sampler has decided on."""

import numpy as np
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry_generator.config.span_content import SamplingConfig
from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, Fragments
from telemetry_generator.encode.holes import hex_words
from telemetry_generator.semantics.sampling import threshold_text
from telemetry_generator.traces.table import SpanTable

_DIGITS = b"00000000000000"  # 56 bits
_LAST_WORD = len(_DIGITS) - 8
_LAST_BITS = np.uint64(24)  # of the digits behind the first word


class TraceStates:
    """`ot=th:…;rv:…`; without the threshold where the trace is not sampled."""

    def __init__(self, config: SamplingConfig) -> None:
        threshold = f"th:{threshold_text(config.percentage)};"
        items = [_rendered(part) for part in ("", threshold)]
        first = [item.index(_DIGITS) for item in items]
        last = [at + _LAST_WORD for at in first]
        self._table = Fragments.of(items, {"first": first, "last": last})

    def cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return the trace state of a table's `rows`, as field 3 of a span."""
        traces = table.trace[rows]
        randomness = table.randomness[traces]
        fill = {"first": hex_words(randomness >> _LAST_BITS), "last": hex_words(randomness)}
        return Cells.pick(self._table, table.sampled[traces].astype(np.int64), fill)


def _rendered(threshold: str) -> bytes:
    text = f"ot={threshold}rv:{_DIGITS.decode()}"
    return Span(trace_state=text).SerializeToString(deterministic=True)
