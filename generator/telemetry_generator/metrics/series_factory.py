"""The series of a set, in chunks: each can be made alone, in any process."""

from typing import NamedTuple

import numpy as np

from telemetry_common.ids import U64, derive_key, mix64
from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.draws import I64, child_keys
from telemetry_generator.metrics.cardinality import (
    check_churn,
    enumerator,
    exploding_metrics,
    numbered_axis,
    series_counts,
)
from telemetry_generator.metrics.churn import Life, churned
from telemetry_generator.metrics.definition import MetricDefinition
from telemetry_generator.metrics.dimensions import Layout, Layouts, permuted
from telemetry_generator.metrics.emitters import Emitter, Emitters
from telemetry_generator.metrics.selection import select_metrics
from telemetry_generator.metrics.series import FOREVER, NO_NUMBER, MetricSeries, NumberedColumn
from telemetry_generator.metrics.spread import spread
from telemetry_generator.world.model import Topology

_CHUNK_POINTS = 10_000  # some 2.5 MB of OTLP


class _Place(NamedTuple):
    """Where n groups of series stand; columns of shape (n,)."""

    row: I64
    """The emitter, as an index into the layout's."""
    ordinal: I64
    """The group's number among those of its emitter."""
    share: I64
    """How many groups the emitter has."""


class SeriesFactory:
    """All series of a set, metric after metric; `chunk` is a pure function of its number.

    Raises UsageError when the configuration asks for what the system cannot report.
    """

    def __init__(self, config: MetricsConfig, topology: Topology, seed: int) -> None:
        self._emitters = Emitters(topology, seed)
        self._layouts = Layouts(self._emitters)
        self._selection = select_metrics(config, self._emitters, seed)
        self._exploding = exploding_metrics(self._selection, config.explosion, seed)
        check_churn(self._selection, config.churn)
        self._config = config
        self._seed = seed
        counts = series_counts(self._selection, config, self._exploding, seed)
        self._starts = np.concatenate(([0], np.cumsum(counts)))
        self._chunk_series = max(1, _CHUNK_POINTS // config.points_per_series)

    @property
    def emitters(self) -> tuple[Emitter, ...]:
        """Everyone who may report metrics; series name them by index."""
        return self._emitters.all

    @property
    def metrics(self) -> int:
        """Number of metrics."""
        return len(self._selection)

    @property
    def total(self) -> int:
        """Number of series of all metrics."""
        return int(self._starts[-1])

    @property
    def chunks(self) -> int:
        """Number of chunks, of about 10,000 points each."""
        return -(-self.total // self._chunk_series)

    def definition(self, metric: int) -> MetricDefinition:
        """Return the metric of this number, from 0."""
        return self._selection.definition(metric)

    def count(self, metric: int) -> int:
        """Return how many series a metric has."""
        return int(self._starts[metric + 1] - self._starts[metric])

    def chunk(self, number: int) -> list[MetricSeries]:
        """Return the metrics of a chunk; the first and the last may be parts of metrics."""
        first = number * self._chunk_series
        end = min(first + self._chunk_series, self.total)
        metrics = np.searchsorted(self._starts, (first, end - 1), side="right") - 1
        return [
            self._series(metric, max(first - start, 0), end - start)
            for metric in range(int(metrics[0]), int(metrics[1]) + 1)
            for start in (int(self._starts[metric]),)
        ]

    def _series(self, metric: int, first: int, end: int) -> MetricSeries:
        """Return series `first` up to `end` of a metric, as far as there are so many."""
        definition = self.definition(metric)
        layout = self._layouts.of(definition)
        rows = np.arange(first, min(end, self.count(metric)))
        groups, parts = np.divmod(rows, layout.group)
        place = _places(layout, -(-self.count(metric) // layout.group), groups)
        pairs = self._pairs(definition, layout)[place.row]
        life = churned(place.ordinal, place.share, pairs, self._config.churn)
        turn, combination = np.divmod(life.ordinal, layout.combinations[place.row])
        mixed = permuted(combination, layout.combinations[place.row], pairs)
        keys = child_keys(child_keys(child_keys(pairs, mixed), turn), life.generation)
        numbered = self._numbered(definition, metric, groups, turn, life)
        return MetricSeries(
            definition=definition,
            emitters=layout.emitters[place.row],
            columns=layout.columns(place.row, mixed, parts),
            numbered=numbered,
            keys=child_keys(keys, parts),
            groups=keys,
            generation=life.generation,
        )

    def _pairs(self, definition: MetricDefinition, layout: Layout) -> U64:
        """Return the key of this metric on each emitter, shape (emitters,)."""
        metric = np.uint64(derive_key(self._seed, "metric", definition.name))
        return mix64(self._emitters.keys[layout.emitters] ^ metric)

    def _numbered(
        self, definition: MetricDefinition, metric: int, groups: I64, turn: I64, life: Life
    ) -> tuple[NumberedColumn, ...]:
        """Return the counted attributes: an exploding one or the enumerator, and a churned id."""
        columns: list[NumberedColumn] = []
        if self._config.explosion is not None and metric in self._exploding:
            columns.append(NumberedColumn(numbered_axis(self._config.explosion.attribute), groups))
        elif turn.any():
            # The first turn is NO_NUMBER: the metric's own attributes suffice.
            columns.append(NumberedColumn(enumerator(definition), turn - 1))
        if self._config.churn is not None and (life.generation != FOREVER).any():
            ids = np.where(life.generation == FOREVER, NO_NUMBER, groups)
            columns.append(NumberedColumn(numbered_axis(self._config.churn.attribute), ids))
        return tuple(columns)


def _places(layout: Layout, count: int, groups: I64) -> _Place:
    """Return where each of these groups stands, out of `count` in all."""
    shares = spread(count, layout.combinations, layout.order)
    ends = np.cumsum(shares)
    row = np.searchsorted(ends, groups, side="right")
    return _Place(row, groups - (ends - shares)[row], shares[row])
