"""Events of spans: exceptions where a failure starts."""

import numpy as np
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, fixed64_tag, solid, spread
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.semantics.exceptions import exception_attributes
from telemetry_generator.traces.table import Outcome, SpanTable
from telemetry_generator.world.model import Topology

_EVENTS = 11  # Span.events
_EVENT_ATTRIBUTES = 3  # Span.Event.attributes
_TIME = fixed64_tag(1)


class ExceptionTable:
    """The `exception` event of every operation's fault, in the language of the span's service."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._contents = LazyFragments(self._render)

    def events(self, table: SpanTable, rows: I64) -> Cells:
        """Return the exceptions of a table's `rows`, each after three quarters of its span."""
        places = np.flatnonzero(table.outcome[rows] == Outcome.FAULT)
        failed = rows[places]
        codes = table.operation[failed] * len(self._topology.services) + table.service[failed]
        index = self._contents.index(codes)
        start, end = table.start[failed], table.end[failed]
        times = (start + (end - start) * 3 // 4).astype(np.uint64)
        content = Cells.pick(self._contents.table, index, {"time": times})
        return spread(solid(content.embed(_EVENTS)), places, len(rows))

    def _render(self, code: int) -> Rendered:
        operation, service = divmod(code, len(self._topology.services))
        language = self._topology.services[service].language
        attributes = exception_attributes(self._topology.operations[operation], language)
        return render_event("exception", attribute_bytes(_EVENT_ATTRIBUTES, attributes))


def render_event(name: str, attributes: bytes) -> Rendered:
    """Return an event's content with a hole for its time."""
    named = Span.Event(name=name).SerializeToString(deterministic=True)
    return Rendered(_TIME + bytes(8) + named + attributes, {"time": len(_TIME)})
