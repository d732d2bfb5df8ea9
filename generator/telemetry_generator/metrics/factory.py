"""Metrics by emitter: which are in the set, who reports each, and the points of every one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from telemetry_common.ids import derive_key
from telemetry_generator.config.metrics import MetricsConfig, TimeSeriesConfig
from telemetry_generator.keyed import Stream
from telemetry_generator.metrics.application import application_metric
from telemetry_generator.metrics.catalogue import Instrument, MetricDefinition, load_catalogue
from telemetry_generator.metrics.dimensions import dimension_sets
from telemetry_generator.metrics.emitters import Emitter, candidates, list_emitters
from telemetry_generator.metrics.exemplars import ExemplarPool, attach_exemplars, exemplar_pool
from telemetry_generator.metrics.histograms import histogram_points
from telemetry_generator.metrics.points import MetricPoints, number_values
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.world.resources import Resource
from telemetry_generator.world.topology import Topology

_BATCH_POINTS = 5_000  # bounds the memory of one resource message, whatever the set's size


class MetricBatch(NamedTuple):
    """Metrics that one resource reports at the same instant."""

    resource: Resource
    metrics: list[MetricPoints]


class Planned(NamedTuple):
    """A metric that will be in the set, and how many series it will have."""

    definition: MetricDefinition
    series: int


@dataclass(frozen=True, slots=True)
class MetricFactory:
    """All metrics of a set; `traces` is None when there are no spans to name."""

    config: MetricsConfig
    topology: Topology
    traces: TraceFactory | None
    seed: int
    horizon_nanos: int

    def series_total(self) -> int:
        """Return the number of series of all metrics, without making them."""
        return sum(metric.series for metric in self._planned())

    @property
    def emitter_count(self) -> int:
        """Number of emitters, some of which may report nothing."""
        return len(list_emitters(self.topology))

    def emitter_batches(self, number: int) -> Iterator[MetricBatch]:
        """Yield what emitter `number` reports, in pieces that fit in memory."""
        emitters = list_emitters(self.topology)
        mine = [
            metric
            for metric in self._planned()
            if self._emitter_of(metric.definition, emitters) is emitters[number]
        ]
        yield from self._emitter_batches(number, emitters[number], mine)

    def _emitter_of(self, definition: MetricDefinition, emitters: Sequence[Emitter]) -> Emitter:
        choice = Stream(self.seed, "emitter", definition.name)
        return choice.pick(candidates(emitters, definition.family))

    def _planned(self) -> list[Planned]:
        return [
            Planned(
                definition, _series_count(self.config.timeseries_per_metric, definition, self.seed)
            )
            for definition in select_metrics(self.config.metric_count, self.seed)
        ]

    def _emitter_batches(
        self, number: int, emitter: Emitter, metrics: Sequence[Planned]
    ) -> Iterator[MetricBatch]:
        stream = Stream(self.seed, "scrape", number)
        time = self.horizon_nanos - stream.below(self.horizon_nanos // 2)
        pool = exemplar_pool(self.traces, emitter, time, stream) if self.traces else {}
        batch: list[MetricPoints] = []
        points = 0
        for metric in metrics:
            if batch and points + metric.series > _BATCH_POINTS:
                yield MetricBatch(emitter.resource, batch)
                batch, points = [], 0
            batch.append(self._points(metric, time, pool))
            points += metric.series
        if batch:
            yield MetricBatch(emitter.resource, batch)

    def _points(self, metric: Planned, time: int, pool: ExemplarPool) -> MetricPoints:
        definition, count = metric
        stream = Stream(self.seed, "dimensions", definition.name)
        dimensions = dimension_sets(definition, count, stream)
        if definition.instrument is not Instrument.HISTOGRAM:
            numbers = number_values(definition, count, self.seed)
            return MetricPoints(definition, time, dimensions, numbers, [])
        histograms = histogram_points(definition, count, self.seed)
        attach_exemplars(definition, histograms, pool, stream)
        return MetricPoints(definition, time, dimensions, [], histograms)


def select_metrics(count: int, seed: int) -> list[MetricDefinition]:
    """Return `count` definitions: a seeded choice from the catalogue, then application metrics.

    A larger count keeps the metrics of a smaller one.
    """
    catalogue = sorted(load_catalogue(), key=lambda metric: derive_key(seed, "choice", metric.name))
    made_up = range(max(0, count - len(catalogue)))
    return catalogue[:count] + [application_metric(number) for number in made_up]


def _series_count(config: TimeSeriesConfig, definition: MetricDefinition, seed: int) -> int:
    """Return the default give or take a sixth, within the bounds."""
    low, high = config.default * 5 // 6, config.default * 7 // 6
    drawn = low + Stream(seed, "series", definition.name).below(high - low + 1)
    return min(max(drawn, config.min), config.max)
