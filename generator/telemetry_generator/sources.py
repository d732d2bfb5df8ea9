"""From a configuration to the sources of its signals: where models and encoders meet."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from telemetry_common.signals import Signal
from telemetry_generator.chunks import Chunk, Source
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.encode.logs import LogEncoder
from telemetry_generator.encode.metrics import MetricEncoder
from telemetry_generator.encode.profiles import ProfileEncoder
from telemetry_generator.encode.span_parts import SpanAttributes
from telemetry_generator.encode.traces import TraceEncoder
from telemetry_generator.extensions import (
    World,
    extended,
    extension_attributes,
    extension_sources,
    load_extensions,
)
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.metrics.factory import MetricFactory
from telemetry_generator.profiles.factory import ProfileFactory
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.world.build import build_topology


def make_sources(config: GeneratorConfig) -> Sequence[Source]:
    """Return a source for each signal that is on. Nothing is generated until it is asked for.

    Raises ConfigError and UsageError for what the configuration asks of a system without it.
    """
    extensions = load_extensions(config.extensions)
    config = extended(config, extensions)
    world = _world(config)
    sources: list[Source] = []
    if world.traces is not None:
        sources.append(TraceSource(world.traces, extension_attributes(extensions, config)))
    if config.metrics is not None:
        sources.append(MetricSource(MetricFactory(config.metrics, *world)))
    if config.logs is not None:
        sources.append(LogSource(LogFactory(config.logs, *world)))
    if config.profiles is not None:
        sources.append(ProfileSource(ProfileFactory(config.profiles, *world)))
    sources += extension_sources(extensions, world, sources)
    return sources


def _world(config: GeneratorConfig) -> World:
    topology = build_topology(config.services, config.topology, config.infrastructure, config.seed)
    traces = None
    if config.traces is not None and config.traces.count:
        traces = TraceFactory.of(config.traces, topology, config.seed, config.horizon_nanos)
    return World(topology, traces, config.seed, config.horizon_nanos)


class TraceSource:
    """Requests, some of them a chunk."""

    signal = Signal.TRACES

    def __init__(self, factory: TraceFactory, attributes: Iterable[SpanAttributes] = ()) -> None:
        self._factory = factory
        self._encoder = TraceEncoder(factory.topology, factory.config, list(attributes))
        self.chunks = factory.chunks
        self.steps = factory.requests

    def events(self) -> float:
        """Return about how many spans there are."""
        return self._factory.typical_spans * self.steps

    def chunk(self, number: int) -> Chunk:
        """Make some requests."""
        table = self._factory.chunk(number)
        data, counts = self._encoder.encode(table)
        requests = min(self._factory.chunk_requests, self.steps - int(table.request[0]))
        return Chunk(
            data,
            resources=counts.resources,
            events=counts.spans,
            steps=requests,
            traces=counts.traces,
            rootless=counts.rootless,
        )


class MetricSource:
    """Data points, some thousands a chunk."""

    signal = Signal.METRICS

    def __init__(self, factory: MetricFactory) -> None:
        self._factory = factory
        self.chunks = factory.chunks
        self.steps = factory.total

    @cached_property
    def _encoder(self) -> MetricEncoder:
        return MetricEncoder(self._factory.emitters)

    def events(self) -> float:
        """Return the number of data points."""
        return self.steps

    def chunk(self, number: int) -> Chunk:
        """Make some data points."""
        data, counts = self._encoder.encode(self._factory.chunk(number))
        return Chunk(
            data, counts.resources, counts.points, counts.points, time_series=counts.series
        )


class LogSource:
    """Log records, some thousands a chunk."""

    signal = Signal.LOGS

    def __init__(self, factory: LogFactory) -> None:
        self._factory = factory
        self.chunks = factory.chunks
        self.steps = factory.count

    @cached_property
    def _encoder(self) -> LogEncoder:
        return LogEncoder(self._factory)

    def events(self) -> float:
        """Return the number of log records."""
        return self.steps

    def chunk(self, number: int) -> Chunk:
        """Make some log records."""
        data, counts = self._encoder.encode(self._factory.chunk(number))
        return Chunk(data, counts.resources, counts.records, counts.records)


class ProfileSource:
    """Profiles, some of them a chunk; their dictionary begins the first one."""

    signal = Signal.PROFILES

    def __init__(self, factory: ProfileFactory) -> None:
        self._factory = factory
        self.chunks = factory.chunks
        self.steps = factory.total

    @cached_property
    def _encoder(self) -> ProfileEncoder:
        return ProfileEncoder(self._factory)

    def events(self) -> float:
        """Return the number of samples."""
        return self.steps

    def chunk(self, number: int) -> Chunk:
        """Make some profiles."""
        data, counts = self._encoder.encode(self._factory.chunk(number))
        dictionary = b"" if number else self._encoder.prologue()
        return Chunk(dictionary + data, counts.resources, counts.samples, counts.samples)
