"""From a configuration to the sources of its signals: where models and encoders meet."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from telemetry_common.signals import Signal
from telemetry_generator.chunks import Chunk, Source
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.encode.logs import LogEncoder
from telemetry_generator.encode.metrics import MetricEncoder
from telemetry_generator.encode.traces import TraceEncoder
from telemetry_generator.logs.factory import CHUNK, LogFactory
from telemetry_generator.metrics.factory import MetricBatch, MetricFactory
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.traces.ids import TemplateIds
from telemetry_generator.world.topology import Topology, build_topology

_CHUNK_TRACES = 64


def make_sources(config: GeneratorConfig) -> Sequence[Source]:
    """Return a source for each signal that is on. Nothing is generated until it is asked for."""
    topology = build_topology(config.services, config.seed)
    traces = _trace_factory(config, topology)
    sources: list[Source] = []
    if traces is not None:
        sources.append(TraceSource(traces))
    world = (topology, traces, config.seed, config.horizon_nanos)
    if config.metrics is not None:
        sources.append(MetricSource(MetricFactory(config.metrics, *world)))
    if config.logs is not None:
        sources.append(LogSource(LogFactory(config.logs, *world)))
    return sources


def _trace_factory(config: GeneratorConfig, topology: Topology) -> TraceFactory | None:
    if config.traces is None or not config.traces.count:
        return None
    ids = TemplateIds.from_seed(config.seed)
    return TraceFactory(config.traces, topology, config.seed, config.horizon_nanos, ids)


class TraceSource:
    """Traces, some of them a chunk."""

    signal = Signal.TRACES

    def __init__(self, factory: TraceFactory) -> None:
        self._factory = factory
        self._encoder = TraceEncoder()
        self.steps = factory.count
        self.chunks = -(-factory.count // _CHUNK_TRACES)

    def events(self) -> float:
        """Return the expected number of spans."""
        return self.steps * self._factory.config.spans.avg_per_trace

    def chunk(self, number: int) -> Chunk:
        """Make some traces."""
        first = number * _CHUNK_TRACES
        last = min(first + _CHUNK_TRACES, self.steps)
        traces = [self._factory.trace(at) for at in range(first, last)]
        encoded = [self._encoder.encode(trace) for trace in traces]
        return Chunk(
            b"".join(data for data, _ in encoded),
            resources=sum(resources for _, resources in encoded),
            events=sum(len(trace.spans) for trace in traces),
            steps=len(traces),
            traces=len(traces),
        )


@dataclass(slots=True)
class MetricSource:
    """Metrics, the batches of one emitter a chunk."""

    factory: MetricFactory
    signal: Signal = Signal.METRICS
    _encoder: MetricEncoder = field(default_factory=MetricEncoder)

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return self.factory.emitter_count

    @property
    def steps(self) -> int:
        """Number of data points."""
        return self.factory.series_total()

    def events(self) -> float:
        """Return the number of data points."""
        return self.steps

    def chunk(self, number: int) -> Chunk:
        """Make what one emitter reports."""
        batches: list[MetricBatch] = list(self.factory.emitter_batches(number))
        points = sum(len(metric.dimensions) for batch in batches for metric in batch.metrics)
        data = b"".join(map(self._encoder.encode, batches))
        return Chunk(data, len(batches), points, points, time_series=points)


class LogSource:
    """Log records, a thousand a chunk."""

    signal = Signal.LOGS

    def __init__(self, factory: LogFactory) -> None:
        self._factory = factory
        self._encoder = LogEncoder(factory.horizon_nanos)
        self.steps = factory.config.count
        self.chunks = -(-self.steps // CHUNK)

    def events(self) -> float:
        """Return the number of log records."""
        return self.steps

    def chunk(self, number: int) -> Chunk:
        """Make some log records."""
        records = self._factory.chunk(number)
        data, resources = self._encoder.encode(records)
        return Chunk(data, resources, len(records), len(records))
