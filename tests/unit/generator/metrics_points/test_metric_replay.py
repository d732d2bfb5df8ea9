"""Generated metrics can be replayed: whatever a replay fills in or multiplies has its place."""

from pathlib import Path

import pytest

from metric_world import Placed, decoded, encoded, metric_factory, metric_topology, placed
from telemetry_common.signals import Signal
from telemetry_common.template import open_templates


def _doubles(each: Placed) -> int:
    """Return how many doubles of a point are multiplied with every pass."""
    if each.kind == "sum":
        grows = bool(each.is_cumulative and each.data.is_monotonic)
        return int(grows and each.point.WhichOneof("value") == "as_double")
    return int(each.is_cumulative and each.kind in ("histogram", "summary"))


def _integers(each: Placed) -> int:
    """Return how many integers of a point are multiplied with every pass."""
    if each.kind == "sum":
        grows = bool(each.is_cumulative and each.data.is_monotonic)
        return int(grows and each.point.WhichOneof("value") == "as_int")
    if not each.is_cumulative or each.kind not in ("histogram", "summary"):
        return 0
    buckets: list[int] = list(each.point.bucket_counts) if each.kind == "histogram" else []
    return 1 + sum(count > 0 for count in buckets)


@pytest.mark.parametrize("temporality", ["cumulative", "delta"])
def test_a_plan_finds_every_time_and_every_value_that_grows(
    tmp_path: Path, temporality: str
) -> None:
    few = {"min": 2, "max": 20, "default": 9}
    factory = metric_factory(
        metric_topology(), timeseries_per_metric=few, temporality=temporality, points_per_series=2
    )
    data = decoded(factory)
    path = tmp_path / "set-metrics.pb"
    path.write_bytes(b"".join(encoded(factory)))
    points = placed(data)
    plan = open_templates({Signal.METRICS: path})[Signal.METRICS].plan
    assert plan.events == len(points) == factory.total
    assert len(plan.point_time) == len(points)
    assert len(plan.point_start) == sum(each.kind != "gauge" for each in points)
    assert len(plan.count) == sum(map(_integers, points))
    assert len(plan.amount) == sum(map(_doubles, points))
