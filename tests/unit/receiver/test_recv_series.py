"""Cumulative series only grow and keep their start; what breaks that is counted."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import CheckingIntake

CUMULATIVE = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
DELTA = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
POINTS = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 2), st.integers(0, 3)), max_size=10
)  # (time, start, total) in the order of arrival


def _request(*points: tuple[int, int, int], kind: str = "sum", **data: Any) -> bytes:
    """Return one series with points of (time, start, total)."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    typed = getattr(metric, kind)
    for name, value in data.items():
        setattr(typed, name, value)
    for time, start, total in points:
        value = {"as_int": total} if kind == "sum" else {"count": total}
        typed.data_points.add(time_unix_nano=time, start_time_unix_nano=start, **value)
    return request.SerializeToString()


def _found(*requests: bytes) -> tuple[int, int]:
    intake = CheckingIntake()
    for request in requests:
        intake.take(Signal.METRICS, request)
    return intake.books.lines.falling_sums, intake.books.lines.moved_starts


@settings(deadline=None)
@given(POINTS, st.integers(1, 10))
def test_each_point_is_compared_with_the_latest_before_it(
    points: list[tuple[int, int, int]], per_request: int
) -> None:
    requests = [
        _request(
            *points[first : first + per_request],
            is_monotonic=True,
            aggregation_temporality=CUMULATIVE,
        )
        for first in range(0, len(points), per_request)
    ]
    falling = moved = 0
    latest: tuple[int, int, int] | None = None
    for point in points:
        if latest and point[0] <= latest[0]:
            continue
        moved += bool(latest and point[1] != latest[1])
        falling += bool(latest and point[1] == latest[1] and point[2] < latest[2])
        latest = point
    assert _found(*requests) == (falling, moved)


@pytest.mark.parametrize(
    ("kind", "data", "falls"),
    [
        ("sum", {"is_monotonic": True, "aggregation_temporality": CUMULATIVE}, 1),
        ("sum", {"is_monotonic": False, "aggregation_temporality": CUMULATIVE}, 0),
        ("sum", {"is_monotonic": True, "aggregation_temporality": DELTA}, 0),
        ("histogram", {"aggregation_temporality": CUMULATIVE}, 1),
        ("histogram", {"aggregation_temporality": DELTA}, 0),
        ("exponential_histogram", {"aggregation_temporality": CUMULATIVE}, 1),
    ],
)
def test_only_what_is_cumulative_may_not_fall(kind: str, data: dict[str, Any], falls: int) -> None:
    assert _found(_request((1, 1, 5), (2, 1, 4), kind=kind, **data)) == (falls, 0)


def test_doubles_are_compared_too() -> None:
    request = ExportMetricsServiceRequest()
    total = request.resource_metrics.add().scope_metrics.add().metrics.add().sum
    total.is_monotonic, total.aggregation_temporality = True, CUMULATIVE
    for time, value in ((1, 0.5), (2, 0.25)):
        total.data_points.add(time_unix_nano=time, as_double=value)
    assert _found(request.SerializeToString()) == (1, 0)
