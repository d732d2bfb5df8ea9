"""Data points of all five metric types, column by column, and the exemplars among them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from telemetry_common.ids import U64
from telemetry_sender.receiver.canonical import canonical_attribute, canonical_scope
from telemetry_sender.receiver.event_columns import EventColumns
from telemetry_sender.receiver.id_columns import HasIds
from telemetry_sender.receiver.occurrences import Flags, Indices
from telemetry_sender.receiver.stream_names import StreamNames, hashes

_WITHOUT_EXEMPLARS = "summary"
_HISTOGRAMS = ("histogram", "exponential_histogram")
_CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE


@dataclass(frozen=True, slots=True)
class PointColumns:
    """The data points of one request, in wire order.

    `starts` are Unix nanoseconds. `totals` are the values of monotonic cumulative sums and the
    counts of cumulative histograms; what is not `cumulative` has none.
    """

    events: EventColumns
    starts: U64
    totals: NDArray[np.float64]
    cumulative: Flags
    by_type: Counter[str]
    exemplars: list[HasIds]

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, which: Flags) -> "Lines":
        """Return what cumulative series are followed by, of the chosen points."""
        return Lines(self.events.times[which], self.starts[which], self.totals[which])


@dataclass(frozen=True, slots=True)
class Lines:
    """Points of cumulative series: times and starts in Unix nanoseconds, and totals."""

    times: U64
    starts: U64
    totals: NDArray[np.float64]

    def at(self, which: Indices) -> "Lines":
        """Return the chosen points."""
        return Lines(self.times[which], self.starts[which], self.totals[which])


@dataclass(frozen=True, slots=True)
class _Metric:
    """One metric of a request: what names it, and its points."""

    resource: int
    name: tuple[bytes, str, str, str]
    """Its scope, serialized; its name, unit and type."""
    kind: str
    cumulative: bool
    points: list[Any]


def point_columns(view: Any) -> PointColumns:
    """Return the data points of a `MetricsView`."""
    metrics = list(_metrics(view.resource_metrics))
    points = list(chain.from_iterable(each.points for each in metrics))
    counts = [len(each.points) for each in metrics]
    metric = np.repeat(np.arange(len(metrics)), counts)
    names = StreamNames(
        resources=[each.resource for each in view.resource_metrics],
        resource=np.array([each.resource for each in metrics], np.intp)[metric],
        rest=hashes([each.name for each in metrics])[metric] ^ _attributes(points),
        restated=lambda which: _restated(metrics, metric, points, which),
    )
    return PointColumns(
        events=EventColumns(names, np.array([each.time_unix_nano for each in points], np.uint64)),
        starts=np.array([each.start_time_unix_nano for each in points], np.uint64),
        totals=np.concatenate([np.zeros(0), *map(_totals, metrics)]),
        cumulative=np.array([each.cumulative for each in metrics], np.bool_)[metric],
        by_type=_by_type(metrics),
        exemplars=_exemplars(metrics),
    )


def _metrics(resources: Any) -> Iterator[_Metric]:
    for number, resource in enumerate(resources):
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                if kind is not None:
                    data = getattr(metric, kind)
                    name = (scope.scope, metric.name, metric.unit, kind)
                    yield _Metric(number, name, kind, _grows(kind, data), list(data.data_points))


def _grows(kind: str, data: Any) -> bool:
    """Tell whether the totals of a metric may never fall."""
    if kind == "sum":
        return bool(data.is_monotonic) and data.aggregation_temporality == _CUMULATIVE
    return kind in _HISTOGRAMS and data.aggregation_temporality == _CUMULATIVE


def _attributes(points: list[Any]) -> U64:
    return hashes([b"".join(point.attributes) for point in points])


def _restated(
    metrics: Sequence[_Metric], metric: Indices, points: Sequence[Any], which: Indices
) -> U64:
    names = [(canonical_scope(each.name[0]), *each.name[1:]) for each in metrics]
    attributes = [b"".join(map(canonical_attribute, points[each].attributes)) for each in which]
    return hashes(names)[metric[which]] ^ hashes(attributes)


def _totals(metric: _Metric) -> NDArray[np.float64]:
    if not metric.cumulative:
        return np.zeros(len(metric.points))
    if metric.kind == "sum":
        # The one of the two that is not set is 0.
        return np.array([point.as_double or point.as_int for point in metric.points], np.float64)
    return np.array([point.count for point in metric.points], np.float64)


def _by_type(metrics: list[_Metric]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for metric in metrics:
        counts[metric.kind] += len(metric.points)
    return counts


def _exemplars(metrics: list[_Metric]) -> list[HasIds]:
    return [
        exemplar
        for metric in metrics
        if metric.kind != _WITHOUT_EXEMPLARS
        for point in metric.points
        if point.exemplars
        for exemplar in point.exemplars
    ]
