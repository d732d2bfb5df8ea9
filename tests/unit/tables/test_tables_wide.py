"""The wide table of metrics: every cell holds what the points of its row and column say."""

import math
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, MetricsData

from core_support import COMMITTED, SECOND, encoded_sample, examples, sources
from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal
from telemetry_sender.tables import Tables, wide
from telemetry_sender.tables.wide.quantiles import estimate

EPOCH = 1_767_225_600 * SECOND
"""When 2026 begins."""

KEYS = ("service", "resource", "attributes")
Cells = dict[tuple[Any, ...], dict[str, list[float]]]


def slow_pivot(points: pa.Table, keys: Sequence[str], every: int = 1) -> Cells:
    """Return the values of each cell, by row and column."""
    cells: Cells = defaultdict(lambda: defaultdict(list))
    times = points.column("timestamp").cast(pa.int64()).to_pylist()
    columns = (*keys, "metric", "type", "value", "count", "sum")
    for time, row in zip(times, points.select(columns).to_pylist(), strict=True):
        share = None if time is None else time - (time - EPOCH) % every
        cell = cells[(share, *(row[key] for key in keys))]
        if row["type"] in ("gauge", "sum"):
            cell[row["metric"]] += [] if row["value"] is None else [row["value"]]
        else:
            for measure in ("count", "sum"):
                value = row[measure]
                cell[f"{row['metric']}.{measure}"] += [] if value is None else [value]
    return cells


def assert_pivoted(table: pa.Table, expected: Cells, keys: Sequence[str]) -> None:
    times = table.column("timestamp").cast(pa.int64()).to_pylist()
    metrics = [name for name in table.schema.names if name not in ("timestamp", *keys)]
    assert {name for cell in expected.values() for name in cell} == set(metrics)
    assert table.num_rows == len(expected)
    for time, row in zip(times, table.to_pylist(), strict=True):
        cell = expected[(time, *(row[key] for key in keys))]
        for name in metrics:
            values = cell.get(name)
            if not values:
                assert row[name] is None
            else:
                assert row[name] == pytest.approx(fmean(values), nan_ok=True)


@pytest.mark.parametrize("passes", [1, 3])
def test_the_committed_set_is_pivoted(passes: int) -> None:
    tables = Tables(COMMITTED)
    points = tables.points(passes=passes, seed=3)
    table = tables.wide(passes=passes, seed=3)
    assert_pivoted(table, slow_pivot(points, KEYS), KEYS)


def test_rows_come_in_the_order_of_time() -> None:
    times = Tables(COMMITTED).wide(passes=2).column("timestamp").to_pylist()
    assert times == sorted(times)


def test_points_of_a_share_of_time_and_of_some_keys_meet_in_a_row() -> None:
    """In a cell, their mean; the time is when the share begins."""
    keys = ("host.name", "k8s.namespace.name")
    points = Tables(COMMITTED, columns=keys).points(passes=2)
    table = wide(COMMITTED, passes=2, by=keys, every="5m")
    expected = slow_pivot(points, keys, 300 * SECOND)
    assert len(expected) < points.num_rows / 3
    assert_pivoted(table, expected, keys)


@examples(30)
@given(rng=sources)
def test_arbitrary_points_are_pivoted(rng: Random) -> None:
    """Of one name for all kinds too, and with several points in a cell."""
    data = MetricsData.FromString(encoded_sample(rng, Signal.METRICS))
    metrics = [
        metric
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    ]
    assume(sum([settle(rng, metric) for metric in metrics]))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "x-metrics.pb"
        file.write_bytes(data.SerializeToString())
        tables = Tables(file)
        points = tables.points(passes=2)
        assert_pivoted(tables.wide(passes=2), slow_pivot(points, KEYS), KEYS)
        assert tables.wide(passes=2, quantiles=[0.5]).num_rows


def settle(rng: Random, metric: Any) -> int:
    """Give the points of a metric times and values as runs have them; return how many there are."""
    kind = metric.WhichOneof("data")
    metric.name = f"{kind}.{rng.randrange(3)}"
    points = getattr(metric, kind).data_points if kind else ()
    for point in points:
        point.time_unix_nano = rng.randrange(1, 4)
        point.start_time_unix_nano = 1
        if kind != "summary":
            # Their times may make a pass so long that the next has no instants.
            del point.exemplars[:]
        if kind in ("gauge", "sum") and rng.random() < 0.7:
            point.as_double = rng.random()
        for name in ("sum", "min", "max"):
            if kind not in ("gauge", "sum") and hasattr(point, name):
                setattr(point, name, rng.random())
        if hasattr(point, "count"):
            point.count = rng.randrange(1, 100)
    return len(points)


def test_metrics_are_called_what_the_user_says() -> None:
    """The name, unit and kind that they have stay with the column."""
    tables = Tables(COMMITTED)
    metric = tables.points().column("metric")[0].as_py()
    table = tables.wide(names={metric: "mine"})
    assert metric not in table.schema.names
    metadata = table.schema.field("mine").metadata
    assert metadata[b"metric"] == metric.encode()
    assert {b"unit", b"type", b"measure"} <= set(metadata)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"quantiles": [1.5]}, "quantiles: 1.5 is none; give them from 0 to 1"),
        ({"every": "soon"}, "every: 'soon' is not a duration"),
        ({"rows": 1}, "rows: is unknown; use passes, seed, start, by"),
        ({"passes": -1}, "passes: -1 is negative"),
        ({"names": {"k8s.replicaset.desired": "service"}}, "two columns would be called 'service'"),
        ({"by": ["metric"]}, "columns: the table of metrics has a column 'metric' already"),
    ],
)
def test_mistakes_are_told_in_one_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        wide(COMMITTED, **options)


def test_quantiles_have_columns_of_their_own(tmp_path: Path) -> None:
    """Those of a histogram of 100 measurements, evenly spread from 0 to 10."""
    data = MetricsData()
    metric = data.resource_metrics.add().scope_metrics.add().metrics.add(name="latency", unit="ms")
    metric.histogram.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    metric.histogram.data_points.add(
        time_unix_nano=1,
        start_time_unix_nano=1,
        count=100,
        sum=500.0,
        bucket_counts=[20, 30, 50, 0],
        explicit_bounds=[2.0, 5.0, 10.0],
    )
    metric.histogram.data_points.add(time_unix_nano=2, start_time_unix_nano=1, count=1)
    file = tmp_path / "latency-metrics.pb"
    file.write_bytes(data.SerializeToString())
    rows = wide(file, quantiles=[0.5, 0.99, 0.999]).to_pylist()
    assert rows[0]["latency.p50"] == pytest.approx(5.0)
    assert rows[0]["latency.p99"] == pytest.approx(9.9)
    assert rows[0]["latency.p99.9"] == pytest.approx(9.99)
    assert (rows[1]["latency.count"], rows[1]["latency.p50"]) == (1.0, None)


@given(
    counts=st.lists(st.integers(0, 50), min_size=2, max_size=6),
    quantile=st.floats(0, 1),
    data=st.data(),
)
def test_an_estimate_lies_in_the_bucket_where_the_measurement_is(
    counts: list[int], quantile: float, data: st.DataObject
) -> None:
    size = len(counts) - 1
    steps = data.draw(st.lists(st.floats(0.01, 100), min_size=size, max_size=size))
    bounds = np.cumsum(steps)
    (found,) = estimate(np.array([counts], float), bounds[np.newaxis], quantile).tolist()
    if not sum(counts):
        assert math.isnan(found)
        return
    edges = [0.0, *bounds.tolist(), float(bounds[-1])]
    rank = quantile * sum(counts)
    bucket = next(i for i, reached in enumerate(accumulate(counts)) if reached >= rank)
    assert edges[bucket] - 1e-9 <= found <= edges[bucket + 1] + 1e-9
