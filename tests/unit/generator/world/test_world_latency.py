"""Latency in the configuration: medians and percentiles become log-normal distributions."""

import math
from statistics import NormalDist
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from telemetry_generator.config.latency import LatencyConfig
from telemetry_generator.world.model import Latency


def latency(value: Any) -> Latency:
    return LatencyConfig.model_validate(value).latency


@pytest.mark.parametrize(
    ("given_as", "expected"),
    [
        ("5ms", Latency(5_000, 600)),
        (0.25, Latency(250_000, 600)),
        ({"median": "2ms", "sigma": 1.2}, Latency(2_000, 1_200)),
        ({"median": "2ms", "sigma": 0}, Latency(2_000, 0)),
        ({"p50": "10ms"}, Latency(10_000, 600)),
        ({"p50": "10ms", "p90": "10ms"}, Latency(10_000, 0)),
    ],
)
def test_a_median_may_be_given_in_several_ways(given_as: Any, expected: Latency) -> None:
    assert latency(given_as) == expected


@given(
    st.floats(1e-4, 10),
    st.floats(0, 2.5),
    st.sets(st.sampled_from(["p50", "p90", "p95", "p99"]), min_size=2),
)
def test_percentiles_of_a_log_normal_give_it_back(
    median: float, sigma: float, names: set[str]
) -> None:
    def at(name: str) -> float:
        return median * math.exp(sigma * NormalDist().inv_cdf(int(name[1:]) / 100))

    found = latency({name: at(name) for name in names if at(name) < 3600})
    if all(at(name) < 3600 for name in names):
        assert found.median_micros == pytest.approx(median * 1e6, rel=1e-6, abs=1)
        assert found.sigma_millis == pytest.approx(sigma * 1000, abs=1)


def test_a_single_percentile_keeps_the_usual_spread() -> None:
    found = latency({"p99": "100ms", "sigma": 0.5})
    deviations = NormalDist().inv_cdf(0.99)
    assert found.median_micros * math.exp(0.5 * deviations) == pytest.approx(100_000, rel=1e-3)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({}, "give a median or percentiles"),
        ({"sigma": 1}, "give a median or percentiles"),
        ({"median": "1ms", "p90": "2ms"}, "give a median or percentiles"),
        ({"p50": "1ms", "p90": "2ms", "sigma": 1}, "already say how wide"),
        ({"p50": "20ms", "p90": "10ms"}, "must not be below p50"),
        ({"p90": "20ms", "p99": "10ms"}, "must not be below p90"),
        ({"p50": "1ms", "p99": "20m"}, "too far apart"),
        ({"p50": "1ms", "p90": "2ms", "p99": "1s"}, "no log-normal distribution comes near"),
        ("0ms", "between 1us and 1h"),
        ("2h", "between 1us and 1h"),
        (True, "not a duration"),
        ("soon", "not a duration"),
        ({"median": "1ms", "sigma": -1}, "greater than or equal to 0"),
        ({"median": "1ms", "sigma": 3.5}, "less than or equal to 3"),
    ],
)
def test_what_no_distribution_has_is_refused(value: Any, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        latency(value)
