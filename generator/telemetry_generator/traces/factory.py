"""Traces by number: any requests of the set can be made at any time, and come out the same.

Logs, exemplars and profiles that name a span rebuild its request instead of remembering it, so
memory does not grow with the set.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.draws import I64, draw, entity_keys, normal_millionths
from telemetry_generator.traces.called import Limits, grow_called
from telemetry_generator.traces.forest import Forest
from telemetry_generator.traces.graph import Graph
from telemetry_generator.traces.harvest import Harvest, Requests
from telemetry_generator.traces.ids import TemplateIds
from telemetry_generator.traces.layered import grow_layered
from telemetry_generator.traces.purposes import Draw
from telemetry_generator.traces.roots import are_giants
from telemetry_generator.traces.sprouts import plant_roots
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.model import Topology

GROUP = 32
"""Requests whose late roots are stored together, and therefore in one chunk."""

_CHUNK_BYTES = 8 << 20
_USUAL_SPAN_BYTES = 512
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class TraceFactory:
    """Everything a request is made from, apart from its number."""

    config: TracesConfig
    topology: Topology
    seed: int
    horizon_nanos: int
    graph: Graph
    ids: TemplateIds

    @classmethod
    def of(cls, config: TracesConfig, topology: Topology, seed: int, horizon_nanos: int) -> Self:
        """Prepare to make the requests of a set."""
        ids = TemplateIds.from_seed(seed)
        return cls(config, topology, seed, horizon_nanos, Graph.of(topology), ids)

    @property
    def requests(self) -> int:
        """Number of requests in the set."""
        return self.config.count

    @property
    def typical_spans(self) -> float:
        """Spans that a request has on average."""
        spans, giants = self.config.spans, self.config.spans.high_span_traces
        usual = self.topology.expected_spans if self.topology.is_explicit else spans.avg_per_trace
        extra = (giants.span_count - usual) * giants.count if giants.enabled else 0.0
        return max(usual + extra / max(self.requests, 1), 1.0)

    @property
    def chunk_requests(self) -> int:
        """Number of requests of a chunk: a multiple of GROUP, or less where no root is late."""
        spans = _CHUNK_BYTES / (_USUAL_SPAN_BYTES + self.config.optional_bytes)
        requests = max(1, round(spans / self.typical_spans))
        if requests < GROUP and not self.config.root.late_per_million:
            return requests
        return GROUP * max(1, round(requests / GROUP))

    @property
    def chunks(self) -> int:
        """Number of chunks of the set."""
        return -(-self.requests // self.chunk_requests)

    def chunk(self, number: int) -> SpanTable:
        """Make chunk `number`, 0 .. chunks - 1."""
        first = number * self.chunk_requests
        return self.table(first, min(self.chunk_requests, self.requests - first))

    def table(self, first: int, count: int) -> SpanTable:
        """Make the requests first .. first + count - 1, where count is at least 1."""
        numbers = np.arange(first, first + count)
        keys = entity_keys(self.seed, "request", numbers)
        forest = Forest(count)
        cut = self._grow(forest, numbers, keys)
        harvest = Harvest(self.config, self.graph, self.ids, self.horizon_nanos)
        return harvest.table(forest, Requests(numbers, keys, cut))

    def _grow(self, forest: Forest, numbers: I64, keys: U64) -> int:
        """Grow all requests, and return how many calls were cut off."""
        spans = self.config.spans
        giant = are_giants(spans.high_span_traces, numbers, self.requests)
        roots = plant_roots(self.graph, forest, keys, np.arange(forest.requests))
        sizes = np.where(giant, spans.high_span_traces.span_count, self._sizes(keys))
        if not self.topology.is_explicit:
            grow_layered(self.graph, forest, roots.with_budget(sizes - 1))
            return 0
        grow_layered(self.graph, forest, roots.with_budget((sizes - 1) * giant))
        limits = Limits(self.topology.max_depth, spans.max_per_trace)
        return grow_called(self.graph, forest, roots.chosen(~giant), limits)

    def _sizes(self, keys: U64) -> I64:
        """Return how many spans each request has: normally distributed, at least one."""
        spans = self.config.spans
        mean, deviation = round(spans.avg_per_trace * _MILLION), round(spans.std_dev * 1000)
        drawn = mean + normal_millionths(draw(keys, Draw.SPANS)) * deviation // 1000
        return ((drawn + _MILLION // 2) // _MILLION).clip(1, spans.max_per_trace)
