"""Percentiles are right to three digits, whatever the distribution."""

import gc
import time
import weakref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.results.latency import LatencyHistogram, LatencySummary

# Three significant digits of the value, and half a microsecond of rounding.
RELATIVE, ABSOLUTE_MS = 1e-3, 0.6e-3


def recorded(seconds: list[float]) -> LatencyHistogram:
    histogram = LatencyHistogram()
    for value in seconds:
        histogram.record(value)
    return histogram


def expected(seconds: list[float], rank: float) -> float:
    """Return the smallest recorded value that `rank` percent of all do not exceed, in ms."""
    return 1e3 * float(np.percentile(seconds, rank, method="inverted_cdf"))


@given(st.lists(st.floats(min_value=1e-6, max_value=3600.0), min_size=1, max_size=300))
def test_percentiles_agree_with_numpy_to_three_digits(seconds: list[float]) -> None:
    summary = recorded(seconds).summary()
    shown = [summary.p50, summary.p90, summary.p99, summary.p999, summary.max]
    exact = [expected(seconds, rank) for rank in (50, 90, 99, 99.9, 100)]
    assert shown == pytest.approx(exact, rel=RELATIVE, abs=ABSOLUTE_MS)


def test_a_long_tail_is_seen() -> None:
    # 99.9 % of 50,001 is no whole number, so that NumPy's rounding of ranks does not matter.
    seconds = np.random.default_rng(1).lognormal(-6.0, 1.5, 50_001).tolist()
    summary = recorded(seconds).summary()
    assert summary.p999 == pytest.approx(expected(seconds, 99.9), rel=RELATIVE)
    assert summary.max == pytest.approx(1e3 * max(seconds), rel=RELATIVE)


def test_without_a_latency_there_are_no_percentiles() -> None:
    assert LatencyHistogram().summary() == LatencySummary(None, None, None, None, None)


@pytest.mark.parametrize(("seconds", "millis"), [(0.0, 0.001), (-1.0, 0.001), (9e9, 3.6e6)])
def test_values_out_of_range_count_at_the_bound(seconds: float, millis: float) -> None:
    histogram = recorded([seconds])
    assert histogram.count == 1
    assert histogram.summary().max == pytest.approx(millis, rel=RELATIVE)


@given(st.lists(st.floats(0.001, 10.0)), st.lists(st.floats(0.001, 10.0)))
def test_adding_is_the_same_as_recording_both(one: list[float], other: list[float]) -> None:
    total = recorded(one)
    total.add(recorded(other))
    assert total.summary() == recorded(one + other).summary()
    assert total.count == len(one) + len(other)


def test_a_histogram_goes_with_its_last_user() -> None:
    """A run makes several a second; the garbage collector may come rarely."""
    gc.collect()
    gc.disable()
    try:
        inner = weakref.ref(recorded([1.0])._counts)
        assert inner() is None
    finally:
        gc.enable()


def test_recording_is_cheap() -> None:
    """Ten thousand requests a second must not spend a tenth of a core on two histograms."""
    histogram = LatencyHistogram()
    seconds = np.random.default_rng(1).lognormal(-6.0, 1.5, 20_000).tolist()
    start = time.process_time()
    for value in seconds:
        histogram.record(value)
    assert (time.process_time() - start) / len(seconds) < 5e-6
