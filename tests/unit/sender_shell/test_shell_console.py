"""The statistics line keeps its documented form, and its recent rate is recent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender_results import make_stats, send
from telemetry_common.signals import Signal
from telemetry_sender.results.console import StatisticsLines, statistics_line
from telemetry_sender.results.rate_meter import RateMeter, Rates
from telemetry_sender.results.stats import RunStats, Snapshot


def test_the_line_has_the_documented_form() -> None:
    acked = {Signal.TRACES: 75_000, Signal.METRICS: 120_000, Signal.LOGS: 30_000}
    assert statistics_line(Snapshot(acked, 0), Rates(5.02, 45_000.4, 45_119.6)) == (
        "[   5s] spans: 75,000 | metrics: 120,000 | logs: 30,000 | total: 225,000 | errors: 0 "
        "| rate: 45,000/s overall, 45,120/s recent"
    )


def test_profiles_appear_only_when_the_run_has_them() -> None:
    rates = Rates(12_345.0, 0.0, 0.0)
    assert "samples" not in statistics_line(Snapshot({Signal.LOGS: 1}, 0), rates)
    line = statistics_line(Snapshot({Signal.PROFILES: 1234}, 7), rates)
    assert line.startswith("[12345s] spans: 0 | metrics: 0 | logs: 0 | samples: 1,234 | ")
    assert "| errors: 7 |" in line


def test_the_recent_rate_covers_the_time_since_the_last_line_only() -> None:
    """The system before this one divided the total by the interval."""
    meter = RateMeter(start=100.0)
    assert meter.read(105.0, 5000) == Rates(5.0, 1000.0, 1000.0)
    assert meter.read(110.0, 5500) == Rates(10.0, 550.0, 100.0)
    assert meter.read(120.0, 5500) == Rates(20.0, 275.0, 0.0)


def test_no_time_gives_no_rate() -> None:
    assert RateMeter(start=1.0).read(1.0, 50) == Rates(0.0, 0.0, 0.0)


@given(st.lists(st.tuples(st.floats(0.1, 100.0), st.integers(0, 10**6)), min_size=1))
def test_recent_rates_add_up_to_the_total(steps: list[tuple[float, int]]) -> None:
    meter, now, total, summed = RateMeter(0.0), 0.0, 0, 0.0
    for seconds, events in steps:
        now, total, before = now + seconds, total + events, now
        rates = meter.read(now, total)
        summed += rates.recent * (now - before)
    assert summed == pytest.approx(total)
    assert rates.overall * now == pytest.approx(total)


def test_lines_follow_a_running_count() -> None:
    stats = make_stats()
    lines = StatisticsLines(stats, start=10.0)
    assert lines.next(15.0).endswith("total: 145 | errors: 2 | rate: 29/s overall, 29/s recent")
    send(stats, Signal.TRACES, 1000)
    assert lines.next(20.0).endswith("total: 1,145 | errors: 2 | rate: 114/s overall, 200/s recent")


def test_a_run_that_has_sent_nothing_has_a_line_too() -> None:
    line = StatisticsLines(RunStats([Signal.LOGS]), start=0.0).next(5.0)
    assert line == (
        "[   5s] spans: 0 | metrics: 0 | logs: 0 | total: 0 | errors: 0 "
        "| rate: 0/s overall, 0/s recent"
    )
