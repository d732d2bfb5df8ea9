"""Metrics as OTLP bytes: points under metrics, metrics under scopes, scopes under resources."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    AGGREGATION_TEMPORALITY_DELTA,
    Gauge,
    Metric,
    MetricsData,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import (
    Cells,
    Fragments,
    fold,
    join,
    length_tag,
    solid,
    varint,
    varints,
)
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.metric_points import PointEncoder
from telemetry_generator.encode.traces import SCHEMA_URL
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.metrics.definition import Instrument, MetricDefinition, Temporality
from telemetry_generator.metrics.emitters import Emitter
from telemetry_generator.metrics.factory import MetricChunk, Points
from telemetry_generator.metrics.scopes import scope_of
from telemetry_generator.semantics.scopes import Scope

_FIELDS = {
    Instrument.GAUGE: Metric.GAUGE_FIELD_NUMBER,
    Instrument.COUNTER: Metric.SUM_FIELD_NUMBER,
    Instrument.UPDOWN: Metric.SUM_FIELD_NUMBER,
    Instrument.HISTOGRAM: Metric.HISTOGRAM_FIELD_NUMBER,
    Instrument.EXPONENTIAL: Metric.EXPONENTIAL_HISTOGRAM_FIELD_NUMBER,
    Instrument.SUMMARY: Metric.SUMMARY_FIELD_NUMBER,
}
_TRAILER = ResourceMetrics(schema_url=SCHEMA_URL).SerializeToString()


class MetricCounts(NamedTuple):
    """How much was encoded."""

    resources: int
    points: int
    series: int


class _Rows(NamedTuple):
    """All points of a chunk, in the order of the file; columns of shape (points,)."""

    points: Cells
    emitter: I64
    scope: I64
    metric: I64


class _Groups(NamedTuple):
    """Neighbouring rows that belong together."""

    first: I64
    """The first row of each group."""
    owner: I64
    """The group of each row."""


class MetricEncoder:
    """Encodes chunks of metrics; resources and attributes are rendered once."""

    def __init__(self, emitters: Sequence[Emitter]) -> None:
        """Take everyone who may report."""
        self._points = PointEncoder()
        self._resources = LazyFragments(lambda number: _resource(emitters[number]))

    def encode(self, chunk: MetricChunk) -> tuple[bytes, MetricCounts]:
        """Return a chunk as `MetricsData` bytes, whole `ResourceMetrics`, and their counts."""
        scopes = {scope: number for number, scope in enumerate(_scopes(chunk))}
        rows = self._rows(chunk, scopes)
        metrics = _groups(rows.emitter, rows.metric)
        of_metrics = _Rows(
            _metrics(chunk, rows, metrics),
            *(column[metrics.first] for column in (rows.emitter, rows.scope, rows.metric)),
        )
        scoped = _groups(of_metrics.emitter, of_metrics.scope)
        heads = Fragments.of([_scope(scope) for scope in scopes])
        of_scopes = join(
            Cells.pick(heads, of_metrics.scope[scoped.first]), _folded(of_metrics.points, scoped)
        ).embed(ResourceMetrics.SCOPE_METRICS_FIELD_NUMBER)
        emitters = of_metrics.emitter[scoped.first]
        data = self._resource_messages(of_scopes, emitters)
        resources = len(np.unique(emitters))
        return data, MetricCounts(resources, len(rows.emitter), chunk.series)

    def _rows(self, chunk: MetricChunk, scopes: dict[Scope, int]) -> _Rows:
        """Return the points of all tables by emitter, scope and metric, series in their order."""
        scope_of_metric = np.array([scopes[scope_of(each)] for each in chunk.definitions], np.int64)
        emitter = np.concatenate(
            [_repeated(table, table.series.emitters) for table in chunk.points]
        )
        metric = np.concatenate([_repeated(table, _places(table)) for table in chunk.points])
        order = np.lexsort((metric, scope_of_metric[metric], emitter))
        parts = [
            solid(self._points.cells(table).embed(Gauge.DATA_POINTS_FIELD_NUMBER)).parts[0]
            for table in chunk.points
        ]
        table = Fragments(
            np.concatenate([part.data for part in parts]),
            np.concatenate([np.asarray(part.sizes) for part in parts]),
        )
        metric = metric[order]
        return _Rows(Cells.pick(table, order), emitter[order], scope_of_metric[metric], metric)

    def _resource_messages(self, of_scopes: Cells, emitters: I64) -> bytes:
        groups = _groups(emitters)
        index = self._resources.index(emitters[groups.first])
        message = join(
            Cells.pick(self._resources.table, index),
            _folded(of_scopes, groups),
            Cells.constant(len(index), _TRAILER),
        )
        return message.embed(MetricsData.RESOURCE_METRICS_FIELD_NUMBER).render()[0]


def _metrics(chunk: MetricChunk, rows: _Rows, groups: _Groups) -> Cells:
    """Return the metric messages that hold the points, one a group."""
    metric = rows.metric[groups.first]
    contents = join(
        _folded(rows.points, groups),
        Cells.pick(Fragments.of([_traits(each) for each in chunk.definitions]), metric),
    )
    heads = Fragments.of([_head(each) for each in chunk.definitions])
    whole = join(Cells.pick(heads, metric), varints(contents.sizes()), contents)
    return whole.embed(ScopeMetrics.METRICS_FIELD_NUMBER)


def _head(metric: MetricDefinition) -> bytes:
    """Return a metric up to the length of its data."""
    message = Metric(name=metric.name, description=metric.description, unit=metric.unit)
    return message.SerializeToString() + length_tag(_FIELDS[metric.instrument])


def _traits(metric: MetricDefinition) -> bytes:
    """Return what follows the points: temporality, and whether a sum only grows.

    Both have the same numbers in sums and histograms.
    """
    if metric.instrument in (Instrument.GAUGE, Instrument.SUMMARY):
        return b""
    is_delta = metric.temporality is Temporality.DELTA
    temporality = AGGREGATION_TEMPORALITY_DELTA if is_delta else AGGREGATION_TEMPORALITY_CUMULATIVE
    is_monotonic = metric.instrument is Instrument.COUNTER
    return Sum(aggregation_temporality=temporality, is_monotonic=is_monotonic).SerializeToString()


def _scope(scope: Scope) -> bytes:
    message = InstrumentationScope(name=scope.name, version=scope.version)
    return ScopeMetrics(scope=message).SerializeToString()


def _scopes(chunk: MetricChunk) -> list[Scope]:
    """Return the scopes of a chunk in the order of their names."""
    return sorted({scope_of(each) for each in chunk.definitions}, key=lambda scope: scope.name)


def _resource(emitter: Emitter) -> Rendered:
    content = attribute_bytes(1, emitter.resource.attributes)
    tag = length_tag(ResourceMetrics.RESOURCE_FIELD_NUMBER)
    return Rendered(tag + varint(len(content)) + content)


def _places(table: Points) -> I64:
    places: I64 = table.series.places[table.series.part]
    return places


def _repeated(table: Points, column: I64) -> I64:
    """Return a column of series for all of their points."""
    return np.repeat(column, table.scrapes.time.shape[1])


def _groups(*columns: I64) -> _Groups:
    """Return the runs of rows in which no column changes."""
    starts = np.ones(len(columns[0]), np.bool_)
    starts[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return _Groups(np.flatnonzero(starts), np.cumsum(starts) - 1)


def _folded(rows: Cells, groups: _Groups) -> Cells:
    return fold(rows, groups.owner, len(groups.first))
