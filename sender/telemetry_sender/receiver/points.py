"""Data points of all five metric types, and the exemplars among them."""

from collections.abc import Iterable
from dataclasses import dataclass

from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar, ResourceMetrics

POINT_TYPES = ("gauge", "sum", "histogram", "exponential_histogram", "summary")
_WITHOUT_EXEMPLARS = "summary"


@dataclass(frozen=True, slots=True)
class Points:
    """How many data points of each type a request holds, and their exemplars."""

    by_type: dict[str, int]
    exemplars: list[Exemplar]


def points_of(resources: Iterable[ResourceMetrics]) -> Points:
    """Count the data points under `resources` and collect their exemplars."""
    metrics = [
        (metric.WhichOneof("data"), metric)
        for each in resources
        for scope in each.scope_metrics
        for metric in scope.metrics
    ]
    points = {
        kind: [
            point
            for found, metric in metrics
            if found == kind
            for point in getattr(metric, kind).data_points
        ]
        for kind in POINT_TYPES
    }
    exemplars = [
        exemplar
        for kind, typed in points.items()
        if kind != _WITHOUT_EXEMPLARS
        for point in typed
        for exemplar in point.exemplars
    ]
    return Points({kind: len(typed) for kind, typed in points.items()}, exemplars)
