"""Traces by number: trace i can be built at any time, alone, and always comes out the same.

Logs and exemplars that name a span rebuild its trace instead of remembering it, so memory does
not grow with the set.
"""

from dataclasses import dataclass
from typing import NamedTuple

from telemetry_generator.config.traces import MAX_SPANS_PER_TRACE, TracesConfig
from telemetry_generator.keyed import Stream
from telemetry_generator.traces.failures import Outcome, decide_outcomes
from telemetry_generator.traces.ids import TemplateIds
from telemetry_generator.traces.timing import lay_out, squeeze
from telemetry_generator.traces.tree import Kind, grow_tree
from telemetry_generator.world.operations import Operation
from telemetry_generator.world.resources import Resource
from telemetry_generator.world.topology import ServiceNode, Topology


class Span(NamedTuple):
    """A finished span. Times are template times: 1 + nanoseconds since the template's epoch."""

    span_id: bytes
    parent: int
    service: ServiceNode
    operation: Operation
    kind: Kind
    detail: int
    outcome: Outcome
    start: int
    end: int


class Trace(NamedTuple):
    """A trace; `number` counts from 0, and a span's parent is an index into `spans`."""

    number: int
    trace_id: bytes
    spans: list[Span]

    def resource(self, service: ServiceNode) -> Resource:
        """Return the instance of `service` that took part in this trace."""
        return service.instances[self.number % len(service.instances)]


@dataclass(frozen=True, slots=True)
class TraceFactory:
    """Everything a trace is made from, apart from its number."""

    config: TracesConfig
    topology: Topology
    seed: int
    horizon_nanos: int
    ids: TemplateIds

    @property
    def count(self) -> int:
        """Number of traces in the set."""
        return self.config.count

    def trace(self, number: int) -> Trace:
        """Build trace `number`, 0 .. count - 1."""
        stream = Stream(self.seed, "trace", number)
        nodes = grow_tree(self.topology, self._span_count(stream), stream)
        starts, ends = self._times(lay_out(nodes, stream), stream)
        outcomes = decide_outcomes(nodes, stream)
        ids = self.ids.span_ids(number, len(nodes))
        spans = [
            Span(span_id, *node, outcome, start, end)
            for span_id, node, outcome, start, end in zip(
                ids, nodes, outcomes, starts, ends, strict=True
            )
        ]
        return Trace(number, self.ids.trace_id(number), spans)

    def _span_count(self, stream: Stream) -> int:
        spans = self.config.spans
        drawn = round(stream.normal(spans.avg_per_trace, spans.std_dev))
        return min(max(drawn, 1), MAX_SPANS_PER_TRACE)

    def _times(
        self, offsets: tuple[list[int], list[int]], stream: Stream
    ) -> tuple[list[int], list[int]]:
        """Place the trace anywhere in the horizon; one that is longer is squeezed into it."""
        longest, limit = offsets[1][0], self.horizon_nanos - 1
        starts, ends = (squeeze(times, longest, limit) for times in offsets)
        base = 1 + stream.below(self.horizon_nanos - ends[0])
        return [base + start for start in starts], [base + end for end in ends]
