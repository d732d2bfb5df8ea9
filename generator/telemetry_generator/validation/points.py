"""What one data point answers by itself, for each of the five types.

The rules are those of `metrics.proto` of opentelemetry-proto v1.10.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    DataPointFlags,
    ExponentialHistogramDataPoint,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    SummaryDataPoint,
)

from telemetry_generator.validation.kinds import Kind

Point: TypeAlias = (
    NumberDataPoint | HistogramDataPoint | ExponentialHistogramDataPoint | SummaryDataPoint
)

_MIN_SCALE, _MAX_SCALE = -10, 20
"""Scales that the OpenTelemetry specification asks SDKs to use."""
_NO_VALUE = DataPointFlags.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK


def points_of(metric: Metric) -> Sequence[Point]:
    """Return the data points of a metric of any type; none for a metric without data."""
    kind = metric.WhichOneof("data")
    points: Sequence[Point] = getattr(metric, kind).data_points if kind else ()
    return points


def exemplars_of(point: Any) -> Sequence[Any]:
    """Return a point's exemplars; summaries have none."""
    exemplars: Sequence[Any] = getattr(point, "exemplars", ())
    return exemplars


def time_problem(point: Point, horizon_nanos: int) -> tuple[Kind, str] | None:
    """Return what is wrong with a point's interval, if anything."""
    if not 1 <= point.time_unix_nano <= horizon_nanos:
        return Kind.TIME, "its time is not within 1 .. horizon"
    if point.start_time_unix_nano > point.time_unix_nano:
        return Kind.POINT_TIME, "its interval starts after it ends"
    return None


def number_problem(point: NumberDataPoint) -> str | None:
    """Return what is wrong with the value of a gauge's or a sum's point, if anything."""
    kind = point.WhichOneof("value")
    if kind is None:
        return None if point.flags & _NO_VALUE else "has no value"
    return "its value is not a number" if math.isnan(getattr(point, kind)) else None


def histogram_problem(point: HistogramDataPoint) -> str | None:
    """Return what is wrong with a histogram point, if anything."""
    bounds, buckets = point.explicit_bounds, point.bucket_counts
    if (bounds or buckets) and len(buckets) != len(bounds) + 1:
        return f"{len(bounds)} bounds make {len(bounds) + 1} buckets, not {len(buckets)}"
    if any(low >= high for low, high in pairwise(bounds)):
        return "its bounds do not ascend"
    if buckets and sum(buckets) != point.count:
        return f"its buckets sum to {sum(buckets):,}, its count is {point.count:,}"
    return _range_problem(point)


def exponential_problem(point: ExponentialHistogramDataPoint) -> str | None:
    """Return what is wrong with an exponential histogram point, if anything."""
    if not _MIN_SCALE <= point.scale <= _MAX_SCALE:
        return f"its scale {point.scale} is not within {_MIN_SCALE} .. {_MAX_SCALE}"
    counted = point.zero_count + sum(point.positive.bucket_counts)
    counted += sum(point.negative.bucket_counts)
    if counted != point.count:
        return f"its buckets sum to {counted:,}, its count is {point.count:,}"
    return _range_problem(point)


def _range_problem(point: HistogramDataPoint | ExponentialHistogramDataPoint) -> str | None:
    if point.HasField("min") and point.HasField("max") and point.min > point.max:
        return f"its minimum {point.min:g} is above its maximum {point.max:g}"
    if point.HasField("sum") and math.isnan(point.sum):
        return "its sum is not a number"
    return None


def summary_problem(point: SummaryDataPoint) -> str | None:
    """Return what is wrong with a summary point, if anything."""
    quantiles = [each.quantile for each in point.quantile_values]
    if not all(0 <= quantile <= 1 for quantile in quantiles):
        return "a quantile is not within 0 .. 1"
    if any(low >= high for low, high in pairwise(quantiles)):
        return "its quantiles do not ascend"
    values = [each.value for each in point.quantile_values]
    if any(low > high for low, high in pairwise(values)):
        return "a higher quantile has a lower value"
    return None


VALUE_CHECKS: Mapping[str, tuple[Kind, Callable[[Any], str | None]]] = {
    "gauge": (Kind.POINT_VALUE, number_problem),
    "sum": (Kind.POINT_VALUE, number_problem),
    "histogram": (Kind.HISTOGRAM, histogram_problem),
    "exponential_histogram": (Kind.EXPONENTIAL_HISTOGRAM, exponential_problem),
    "summary": (Kind.SUMMARY, summary_problem),
}
"""How the value of a point is checked, by the type of its metric."""
