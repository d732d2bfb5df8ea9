"""What every data point answers for, whatever the configuration."""

import math
from bisect import bisect_left
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metric_world import (
    HORIZON,
    Placed,
    by_series,
    decoded,
    metric_factory,
    metric_topology,
    placed,
)
from telemetry_generator.config.metrics import MetricsConfig
from telemetry_generator.metrics.definition import Instrument
from telemetry_generator.metrics.factory import MetricFactory
from telemetry_generator.validation.points import VALUE_CHECKS, time_problem

_TOPOLOGY = metric_topology()
_FEW = {"min": 1, "max": 30, "default": 12}

configurations = st.fixed_dictionaries(
    {
        "seed": st.integers(1, 1 << 30),
        "temporality": st.sampled_from(["cumulative", "delta"]),
        "style": st.sampled_from(["semconv", "collector"]),
        "points_per_series": st.integers(1, 4),
        "exponential_histograms": st.sampled_from([0, 50, 100]),
        "metric_count": st.sampled_from([40, 500]),
        "exemplars": st.just({"percentage": 80}),
    },
    optional={
        "churn": st.just({"percentage": 50, "generations": 3}),
        "explosion": st.just({"percentage": 10, "series": 25}),
    },
)


def _made(options: dict[str, Any]) -> tuple[MetricFactory, list[Placed]]:
    factory = metric_factory(_TOPOLOGY, timeseries_per_metric=_FEW, **options)
    return factory, placed(decoded(factory))


@settings(max_examples=12, deadline=None)
@given(configurations)
def test_every_point_of_every_type_is_sound(options: dict[str, Any]) -> None:
    factory, points = _made(options)
    assert len(points) == factory.total
    for each in points:
        _, check = VALUE_CHECKS[each.kind]
        assert check(each.point) is None, each
        assert time_problem(each.point, HORIZON) is None, each
        _check_stampable(each)
        if each.kind == "histogram":
            _check_histogram(each.point)
        if each.kind == "exponential_histogram":
            _check_exponential(each.point)


@settings(max_examples=8, deadline=None)
@given(configurations)
def test_the_points_of_a_series_follow_each_other(options: dict[str, Any]) -> None:
    """Later cumulative points have at least as much; delta intervals meet without a gap."""
    _, points = _made(options)
    for series in by_series(points).values():
        assert len(series) == options["points_per_series"], series[0]
        for earlier, later in pairwise(series):
            assert earlier.point.time_unix_nano < later.point.time_unix_nano
            _check_succession(earlier, later)


def _check_stampable(each: Placed) -> None:
    """What is multiplied with every pass must be on the wire, where zeros may be left out."""
    if not each.is_cumulative:
        return
    if each.kind == "sum":
        assert each.point.start_time_unix_nano >= 1
        assert each.value > 0 or not each.data.is_monotonic
    else:
        assert each.point.start_time_unix_nano >= 1
        assert each.point.count > 0
        assert each.point.sum > 0


def _check_histogram(point: Any) -> None:
    filled = [place for place, count in enumerate(point.bucket_counts) if count]
    bounds = list(point.explicit_bounds)
    assert bisect_left(bounds, point.min) == filled[0]
    assert bisect_left(bounds, point.max) == filled[-1]
    _check_sum(point)


def _check_exponential(point: Any) -> None:
    base = 2 ** (2**-point.scale)
    counts = list(point.positive.bucket_counts)
    assert counts[0] > 0
    assert counts[-1] > 0
    assert len(counts) <= 200
    last = point.positive.offset + len(counts) - 1
    assert base**last * (1 - 1e-9) <= point.max <= base ** (last + 1) * (1 + 1e-9)
    if point.zero_count:
        assert point.min == 0
    else:
        first = point.positive.offset
        assert base**first * (1 - 1e-9) <= point.min <= base ** (first + 1) * (1 + 1e-9)
    _check_sum(point)


def _check_sum(point: Any) -> None:
    assert point.sum == 0 or point.min * point.count * (1 - 1e-9) <= point.sum
    assert point.sum <= point.max * point.count * (1 + 1e-9)


def _check_succession(earlier: Placed, later: Placed) -> None:
    if earlier.is_cumulative:
        assert later.point.start_time_unix_nano == earlier.point.start_time_unix_nano
        _check_growth(earlier, later)
    elif earlier.kind != "gauge":
        assert later.point.start_time_unix_nano == earlier.point.time_unix_nano


def _check_growth(earlier: Placed, later: Placed) -> None:
    if earlier.kind == "sum":
        assert later.value >= earlier.value or not earlier.data.is_monotonic
        return
    assert later.point.count > earlier.point.count
    assert later.point.sum > earlier.point.sum
    if earlier.kind == "histogram":
        pairs = zip(earlier.point.bucket_counts, later.point.bucket_counts, strict=True)
        assert all(before <= after for before, after in pairs)
        assert later.point.min <= earlier.point.min
        assert later.point.max >= earlier.point.max


@pytest.fixture(scope="module")
def defaults() -> tuple[MetricFactory, list[Placed]]:
    return _made({})


def test_all_five_types_occur(defaults: tuple[MetricFactory, list[Placed]]) -> None:
    kinds = {each.kind for each in defaults[1]}
    assert kinds == {"gauge", "sum", "histogram", "exponential_histogram", "summary"}


def test_values_are_of_the_number_that_the_metric_has(
    defaults: tuple[MetricFactory, list[Placed]],
) -> None:
    factory, points = defaults
    chunks = (factory.chunk(number) for number in range(factory.chunks))
    metrics = {each.name: each for chunk in chunks for each in chunk.definitions}
    for each in points:
        metric = metrics[each.metric.name]
        assert each.metric.unit == metric.unit
        if not metric.instrument.is_distribution:
            field = each.point.WhichOneof("value")
            assert field == ("as_int" if metric.is_int else "as_double")
        elif metric.is_int:
            assert each.point.sum == int(each.point.sum)
        if metric.instrument is Instrument.SUMMARY:
            quantiles = tuple(one.quantile for one in each.point.quantile_values)
            assert quantiles == metric.quantiles


def test_values_stay_within_the_range_of_their_metric(
    defaults: tuple[MetricFactory, list[Placed]],
) -> None:
    """Gauges and up-down counters lie between the low and the high of the definition."""
    factory, points = defaults
    chunks = (factory.chunk(number) for number in range(factory.chunks))
    metrics = {each.name: each for chunk in chunks for each in chunk.definitions}
    for each in points:
        values = metrics[each.metric.name].values
        if metrics[each.metric.name].instrument in (Instrument.GAUGE, Instrument.UPDOWN):
            most = values.high + (HORIZON / 1e9 if values.driver == "uptime" else 0)
            least = 0 if values.split else values.low
            assert math.floor(least) <= each.value <= most, each


def test_a_gauge_has_no_start_and_a_sum_starts_at_the_epoch(
    defaults: tuple[MetricFactory, list[Placed]],
) -> None:
    for each in defaults[1]:
        assert each.point.start_time_unix_nano == (0 if each.kind == "gauge" else 1)


def test_an_emitter_reports_everything_at_one_instant(
    defaults: tuple[MetricFactory, list[Placed]],
) -> None:
    times: dict[tuple[Any, ...], set[int]] = {}
    for each in defaults[1]:
        times.setdefault(each.series[0], set()).add(each.point.time_unix_nano)
    assert all(len(instants) == 1 for instants in times.values())
    assert len({min(instants) for instants in times.values()}) > len(times) // 2


def test_a_metric_of_constant_rate_counts_the_time() -> None:
    """A counter of seconds since the start says as many seconds as its interval has."""
    options = {"style": "collector", "include": ("k8s.pod.uptime",), "points_per_series": 3}
    _, points = _made(options)
    for each in points:
        assert each.value == max(1, (each.point.time_unix_nano - 1) // 1_000_000_000)


def test_the_fastest_counter_stays_within_64_bits() -> None:
    """A rate at the limit of the configuration, for a hundred days."""
    fast = {"name": "my.total", "instrument": "counter", "number": "int", "range": (1e15, 1e15)}
    config = MetricsConfig.model_validate({"custom": (fast,), "metric_count": 1})
    factory = MetricFactory(config, _TOPOLOGY, None, 1, 100 * 86_400 * 1_000_000_000)
    assert {each.value for each in placed(decoded(factory))} == {1 << 62}


def test_churned_series_live_one_after_the_other() -> None:
    churn = {"percentage": 100, "generations": 4}
    overrides = ({"metrics": ("system.network.io",), "series": 80},)
    options = {"include": ("system.network.io",), "overrides": overrides, "churn": churn}
    _, points = _made(options)
    starts = {each.point.start_time_unix_nano for each in points}
    assert starts == {1 + part * HORIZON // 4 for part in range(4)}
    for each in points:
        assert each.point.time_unix_nano <= each.point.start_time_unix_nano + HORIZON // 4
