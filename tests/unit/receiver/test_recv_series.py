"""Cumulative series only grow and keep their start; what breaks that is counted."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality

from receiver_reference import ReferenceSender, build_reference_set, write_reference_set
from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.template_index import load_template_index

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


def test_a_series_with_several_points_a_pass_has_no_line_to_follow(tmp_path: Path) -> None:
    """Its points have one time, so that no point is the latest one."""
    templates = build_reference_set()
    requests = templates.metrics.resource_metrics[0].scope_metrics[0].metrics[1].sum
    requests.is_monotonic, requests.aggregation_temporality = True, CUMULATIVE
    for total in (5, 1):
        requests.data_points.add(time_unix_nano=1, as_int=total)
    write_reference_set(templates, tmp_path)
    intake = CheckingIntake(Ledger(load_template_index(tmp_path), 1))
    for number in range(2):
        request = ReferenceSender(templates, 1).metrics(number)
        intake.take(Signal.METRICS, request.SerializeToString())
    assert intake.books.lines.falling_sums == 0
    assert intake.books.points.counts.duplicated == 0
