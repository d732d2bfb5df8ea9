"""From a configuration to streams of encoded telemetry: where model and encoders meet."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from telemetry_common.signals import Signal
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.encode.logs import LogEncoder
from telemetry_generator.encode.metrics import MetricEncoder
from telemetry_generator.encode.traces import TraceEncoder
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.metrics.factory import MetricFactory
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.traces.ids import TemplateIds
from telemetry_generator.world.topology import Topology, build_topology


class Chunk(NamedTuple):
    """A few whole resource messages as bytes; chunks of a signal are valid OTLP when joined."""

    data: bytes
    resources: int
    events: int
    traces: int = 0
    time_series: int = 0


@dataclass(frozen=True, slots=True)
class SignalStream:
    """The chunks of one signal; `steps` of them are expected to add up to `expected`.

    `expected` counts traces, data points or log records: what is known before they are made.
    """

    signal: Signal
    expected: int
    chunks: Iterator[Chunk]


def signal_streams(config: GeneratorConfig) -> list[SignalStream]:
    """Return a stream for each signal that is on. Nothing is generated until it is read."""
    topology = build_topology(config.services, config.seed)
    traces = _trace_factory(config, topology)
    streams: list[SignalStream] = []
    if traces is not None:
        streams.append(SignalStream(Signal.TRACES, traces.count, _trace_chunks(traces)))
    world = (topology, traces, config.seed, config.horizon_nanos)
    if config.metrics is not None:
        metrics = MetricFactory(config.metrics, *world)
        streams.append(
            SignalStream(Signal.METRICS, metrics.series_total(), _metric_chunks(metrics))
        )
    if config.logs is not None:
        logs = LogFactory(config.logs, *world)
        streams.append(SignalStream(Signal.LOGS, config.logs.count, _log_chunks(logs)))
    return streams


def _trace_factory(config: GeneratorConfig, topology: Topology) -> TraceFactory | None:
    if config.traces is None or not config.traces.count:
        return None
    ids = TemplateIds.from_seed(config.seed)
    return TraceFactory(config.traces, topology, config.seed, config.horizon_nanos, ids)


def _trace_chunks(factory: TraceFactory) -> Iterator[Chunk]:
    encoder = TraceEncoder()
    for number in range(factory.count):
        trace = factory.trace(number)
        data, resources = encoder.encode(trace)
        yield Chunk(data, resources, len(trace.spans), traces=1)


def _metric_chunks(factory: MetricFactory) -> Iterator[Chunk]:
    encoder = MetricEncoder()
    for batch in factory.batches():
        points = sum(len(metric.dimensions) for metric in batch.metrics)
        yield Chunk(encoder.encode(batch), 1, points, time_series=points)


def _log_chunks(factory: LogFactory) -> Iterator[Chunk]:
    encoder = LogEncoder(factory.horizon_nanos)
    for records in factory.chunks():
        data, resources = encoder.encode(records)
        yield Chunk(data, resources, len(records))
