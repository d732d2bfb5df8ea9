"""The series of a run: right rates, bounded memory, and nothing lost when neighbours merge."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender_results import make_config, make_result, send
from telemetry_common.signals import Signal
from telemetry_sender.results.accuracy import Accuracy, accuracy_of
from telemetry_sender.results.compact import CompactHistogram
from telemetry_sender.results.latency import LatencyHistogram
from telemetry_sender.results.series import Series, SeriesRecorder
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sinks.delivery import Delivery

STEPS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 10**6)), min_size=1, max_size=80)


def recorded(
    steps: list[tuple[int, int]], *, rate: float | None = 100.0, most: int = 600
) -> Series:
    """Record intervals of so many seconds in which so many events were sent."""
    stats, recorder, now = RunStats([Signal.LOGS]), SeriesRecorder(most), 0.0
    for seconds, events in steps:
        send(stats, Signal.LOGS, events, millis=events / 1000)
        now += seconds
        due = None if rate is None else rate * now
        recorder.observe(stats.sample(now, due=due, usage=ProcessUsage(now / 2, 1000)))
    return recorder.series()


def columns(series: Series) -> Any:
    return series.columns()


@given(STEPS, st.integers(2, 10))
def test_rates_times_intervals_are_the_counts_however_many_neighbours_merged(
    steps: list[tuple[int, int]], most: int
) -> None:
    found = columns(recorded(steps, most=most))
    ends = found["elapsed_seconds"]
    assert len(ends) <= most
    assert ends[-1] == sum(seconds for seconds, _ in steps)
    lengths = [after - before for before, after in pairwise([0.0, *ends])]
    for name, each in (
        ("acked_events_per_second", sum(events for _, events in steps)),
        ("requests_per_second", len(steps)),
        ("cpu_cores", ends[-1] / 2),
        ("intended_events_per_second", 100 * ends[-1]),
    ):
        total = sum(rate * length for rate, length in zip(found[name], lengths, strict=True))
        assert total == pytest.approx(each)


@given(STEPS)
def test_the_slowest_request_stays_visible_when_neighbours_merge(
    steps: list[tuple[int, int]],
) -> None:
    slowest = max(events for _, events in steps) / 1000
    shown = columns(recorded(steps, most=2))["latency_ms"]["service"]["max"]
    assert max(shown) == pytest.approx(slowest, rel=0.01, abs=0.001)


def test_all_columns_are_of_one_length() -> None:
    found = columns(recorded([(1, 10)] * 7))
    latency = found.pop("latency_ms")
    signals = found.pop("signals")
    rows = [*found.values(), *signals["logs"].values()]
    rows += [*latency["service"].values(), *latency["response"].values()]
    assert {len(row) for row in rows} == {7}


def test_a_run_without_schedule_intends_nothing() -> None:
    series = recorded([(1, 10), (1, 10)], rate=None)
    assert series.intended() == [None, None]
    assert series.due is None


def test_an_interval_without_an_answer_has_no_percentile() -> None:
    stats, recorder = RunStats([Signal.LOGS]), SeriesRecorder()
    for second in (1.0, 2.0):
        recorder.observe(stats.sample(second, due=None, usage=ProcessUsage.none()))
    assert columns(recorder.series())["latency_ms"]["service"]["p99"] == [None, None]


@pytest.mark.parametrize("last", [1.0, 1.2])
def test_a_last_sample_soon_after_another_makes_its_interval_longer(last: float) -> None:
    """What is dropped at the end would be an enormous rate over a few milliseconds."""
    stats, recorder = RunStats([Signal.LOGS]), SeriesRecorder()
    for moment, events in ((1.0, 10), (last, 20)):
        send(stats, Signal.LOGS, events)
        recorder.observe(stats.sample(moment, due=None, usage=ProcessUsage.none()))
    found = columns(recorder.series())
    assert found["elapsed_seconds"] == [last]
    assert found["acked_events_per_second"] == [30.0 / last]
    assert recorder.series().points[0].service.counts.sum() == 2


def test_a_day_takes_no_more_memory_than_ten_minutes() -> None:
    series = recorded([(1, 10)] * 3000)
    assert 300 <= len(series.points) <= 600


@given(st.lists(st.floats(1e-6, 3000.0), min_size=1), st.lists(st.floats(1e-6, 3000.0)))
def test_compact_percentiles_are_within_a_percent(one: list[float], other: list[float]) -> None:
    first, second, whole = LatencyHistogram(), LatencyHistogram(), LatencyHistogram()
    for histogram, values in ((first, one), (second, other), (whole, one + other)):
        for value in values:
            histogram.record(value)
    compact = (CompactHistogram.of(first) + CompactHistogram.of(second)).summary()
    exact = whole.summary()
    for name in ("p50", "p90", "p99", "p999", "max"):
        assert getattr(compact, name) == pytest.approx(getattr(exact, name), rel=0.01)


def test_accuracy_is_told_in_total_and_at_its_worst() -> None:
    series = recorded([(1, 100), (1, 120), (1, 70), (1, 5)])
    stats = RunStats([Signal.LOGS])
    send(stats, Signal.LOGS, 295)
    result = make_result(stats, duration_seconds=4.0, series=series)
    found = accuracy_of(result)
    assert found.percent == pytest.approx(73.75)
    assert found.overshoot_percent == pytest.approx(20.0)
    assert found.undershoot_percent == pytest.approx(30.0)


def test_a_run_without_schedule_has_no_accuracy() -> None:
    config = make_config(sending={"rate_limit": {"events_per_second": 0}})
    assert accuracy_of(make_result(config=config)) == Accuracy()


def test_waiting_for_the_last_answers_is_not_taken_for_a_slow_run() -> None:
    """Ten seconds were asked for; the last answer took two more."""
    config = make_config(sending={"duration": 10})
    stats, recorder = RunStats([Signal.LOGS]), SeriesRecorder()
    send(stats, Signal.LOGS, 100_000, Delivery())
    recorder.observe(stats.sample(12.0, due=100_000.0, usage=ProcessUsage.none()))
    result = make_result(stats, config, duration_seconds=12.0, series=recorder.series())
    assert result.intended_events_per_second == 10_000
    assert accuracy_of(result).percent == pytest.approx(100.0)
