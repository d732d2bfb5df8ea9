"""Exemplars: histogram points that name a span whose duration they count."""

from collections import defaultdict
from collections.abc import Sequence

from telemetry_generator.keyed import Stream
from telemetry_generator.metrics.catalogue import MetricDefinition, SpanRole
from telemetry_generator.metrics.emitters import Emitter
from telemetry_generator.metrics.histograms import add_exemplar
from telemetry_generator.metrics.points import Exemplar, HistogramPoint
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.traces.pool import PooledSpan, pool_spans
from telemetry_generator.traces.tree import Kind
from telemetry_generator.world.resources import REPLICAS

_TRACES = 16
_PERCENT = 20

ExemplarPool = dict[SpanRole, list[PooledSpan]]


def exemplar_pool(
    factory: TraceFactory, emitter: Emitter, before: int, stream: Stream
) -> ExemplarPool:
    """Return spans of the emitter's instance that ended by template time `before`, by role."""
    numbers = range(emitter.replica, factory.count, REPLICAS)
    pool: ExemplarPool = defaultdict(list)
    if emitter.service is None or not numbers:
        return pool
    chosen = sorted({stream.pick(numbers) for _ in range(_TRACES)})
    for pooled in pool_spans(factory, chosen):
        span = pooled.span
        if span.service is emitter.service and span.end <= before:
            pool[SpanRole(span.operation.protocol, span.kind is Kind.SERVER)].append(pooled)
    return pool


def attach_exemplars(
    definition: MetricDefinition,
    points: Sequence[HistogramPoint],
    pool: ExemplarPool,
    stream: Stream,
) -> None:
    """Give some of the points an exemplar, where the pool has spans of the right role."""
    spans = pool.get(definition.exemplars) if definition.exemplars else None
    if not spans:
        return
    for point in points:
        if stream.chance(_PERCENT):
            add_exemplar(point, definition.bounds, _exemplar(stream.pick(spans)))


def _exemplar(pooled: PooledSpan) -> Exemplar:
    """Return the span's duration in seconds, to the microsecond, taken at its end."""
    micros = max(1, (pooled.span.end - pooled.span.start) // 1000)
    return Exemplar(pooled.span.end, micros / 1_000_000, pooled.trace.trace_id, pooled.span.span_id)
