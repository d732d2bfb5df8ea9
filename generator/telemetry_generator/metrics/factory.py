"""Metrics by chunk: series, scrapes and values brought together."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.metrics.definition import Instrument, MetricDefinition
from telemetry_generator.metrics.emitters import Emitter
from telemetry_generator.metrics.entities import moments_of
from telemetry_generator.metrics.explicit_points import ExplicitPoints, explicit_points
from telemetry_generator.metrics.exponential_points import ExponentialPoints, exponential_points
from telemetry_generator.metrics.measurements import measure
from telemetry_generator.metrics.number_points import NumberPoints, number_points
from telemetry_generator.metrics.scrapes import Calendar, plan_scrapes
from telemetry_generator.metrics.series import MetricSeries
from telemetry_generator.metrics.series_factory import SeriesFactory
from telemetry_generator.metrics.series_table import SeriesTable
from telemetry_generator.metrics.span_exemplars import find_exemplars
from telemetry_generator.metrics.span_pool import (
    SpanPool,
    SpanPools,
    SpanSource,
    takes_exemplars,
    wanted_spans,
)
from telemetry_generator.metrics.summary_points import SummaryPoints, summary_points
from telemetry_generator.world.model import Topology

Points = NumberPoints | ExplicitPoints | ExponentialPoints | SummaryPoints


@dataclass(frozen=True, slots=True, eq=False)
class MetricChunk:
    """Some thousand points, in tables of points that are alike."""

    definitions: tuple[MetricDefinition, ...]
    """The metrics of the chunk; tables say where in it each of theirs stands."""
    points: tuple[Points, ...]
    series: int
    """Number of series."""


class MetricFactory:
    """All metrics of a set; a chunk is a pure function of its number.

    Raises UsageError when the configuration asks for what the system cannot report.
    """

    def __init__(
        self,
        config: MetricsConfig,
        topology: Topology,
        traces: SpanSource | None,
        seed: int,
        horizon_nanos: int,
    ) -> None:
        self._series = SeriesFactory(config, topology, seed)
        generations = config.churn.generations if config.churn else 1
        self._calendar = Calendar(horizon_nanos, config.points_per_series, generations)
        self._pools = None
        if traces is not None and traces.requests and config.exemplars.percentage:
            self._pools = SpanPools(traces, topology, seed, horizon_nanos)
        self._per_million = round(config.exemplars.percentage * 10_000)
        self._emitters = _EmitterColumns(self._series.emitters)

    @property
    def emitters(self) -> tuple[Emitter, ...]:
        """Everyone who may report metrics."""
        return self._series.emitters

    @property
    def chunks(self) -> int:
        """Number of chunks, of about 10,000 points each."""
        return self._series.chunks

    @property
    def total(self) -> int:
        """Number of data points."""
        return self._series.total * self._calendar.points

    def chunk(self, number: int) -> MetricChunk:
        """Return the points of a chunk, 0 .. chunks - 1."""
        parts = self._series.chunk(number)
        pool = self._pool(number, parts)
        return MetricChunk(
            definitions=tuple(part.definition for part in parts),
            points=tuple(self._points(table, pool) for table in _tables(parts)),
            series=sum(map(len, parts)),
        )

    def _pool(self, number: int, parts: Sequence[MetricSeries]) -> SpanPool | None:
        """Return spans to name as exemplars, where some metric can."""
        wanted = any(takes_exemplars(part.definition) for part in parts)
        return self._pools.pool(number) if wanted and self._pools else None

    def _points(self, series: SeriesTable, pool: SpanPool | None) -> Points:
        scrapes = plan_scrapes(series, self._emitters.keys, self._calendar)
        moments = moments_of(series, scrapes, self._emitters.entities)
        wanted = wanted_spans(series, self._emitters.instances)
        exemplars = find_exemplars(series, scrapes, moments, wanted, pool, self._per_million)
        instrument = series.parts[0].definition.instrument
        if not instrument.is_distribution:
            return number_points(series, scrapes, moments, exemplars)
        measured = measure(series, scrapes, moments, exemplars)
        if instrument is Instrument.HISTOGRAM:
            return explicit_points(series, scrapes, measured, exemplars)
        if instrument is Instrument.EXPONENTIAL:
            return exponential_points(series, scrapes, measured, exemplars)
        return summary_points(series, scrapes, measured)


class _EmitterColumns:
    """What points take from emitters, shape (emitters,)."""

    def __init__(self, emitters: Sequence[Emitter]) -> None:
        self.keys = np.array([emitter.key for emitter in emitters], np.uint64)
        self.entities = np.array([emitter.entity for emitter in emitters], np.uint64)
        self.instances = np.array([emitter.instance for emitter in emitters], np.int64)


def _tables(parts: Sequence[MetricSeries]) -> list[SeriesTable]:
    """Bring metrics together whose points have the same shape."""
    alike: dict[Hashable, list[tuple[int, MetricSeries]]] = {}
    for place, part in enumerate(parts):
        alike.setdefault(_shape(part.definition), []).append((place, part))
    return [
        SeriesTable.of([part for _, part in group], [place for place, _ in group])
        for group in alike.values()
    ]


def _shape(metric: MetricDefinition) -> Hashable:
    if metric.instrument.is_distribution:
        return metric.instrument, metric.bounds, metric.quantiles
    return "number"
