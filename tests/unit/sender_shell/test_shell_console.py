"""The statistics line keeps its documented form, and its recent rate is recent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender_results import make_stats, send
from telemetry_common.signals import Signal
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.latency import Latencies
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.results.watch.change import Change
from telemetry_sender.results.watch.console import PlainLines, statistics_line


def sample(seconds: float, *, errors: int = 0, due: float | None = None, **acked: int) -> Sample:
    """Return a sample with so many accepted events by signal."""
    return Sample(
        elapsed_seconds=seconds,
        counters={Signal(name): SignalCounters(acked=count) for name, count in acked.items()},
        errors=errors,
        due=due,
        latencies=Latencies(),
        usage=ProcessUsage.none(),
    )


def lines_of(*samples: Sample) -> list[str]:
    """Return what is printed of these samples."""
    lines: list[str] = []
    observe = PlainLines(lines.append)
    for each in samples:
        observe(each)
    return lines


def test_the_line_has_the_documented_form() -> None:
    before = sample(5.0, traces=74_400, metrics=120_000, logs=30_000)
    after = sample(5.02, traces=75_000, metrics=120_000, logs=30_300)
    assert statistics_line(Change(before, after)) == (
        "[   5s] spans: 75,000 | metrics: 120,000 | logs: 30,300 | total: 225,300 | errors: 0 "
        "| rate: 44,880/s overall, 45,000/s recent"
    )


def test_profiles_appear_only_when_the_run_has_them() -> None:
    assert "samples" not in statistics_line(Change(None, sample(12_345.0, logs=1)))
    line = statistics_line(Change(None, sample(12_345.0, errors=7, profiles=1234)))
    assert line.startswith("[12345s] spans: 0 | metrics: 0 | logs: 0 | samples: 1,234 | ")
    assert "| errors: 7 |" in line


def test_the_recent_rate_covers_the_time_since_the_last_line_only() -> None:
    """The system before this one divided the total by the interval."""
    lines = lines_of(sample(5.0, logs=5000), sample(10.0, logs=5500), sample(20.0, logs=5500))
    rates = [line.partition("rate: ")[2] for line in lines]
    assert rates == [
        "1,000/s overall, 1,000/s recent",
        "550/s overall, 100/s recent",
        "275/s overall, 0/s recent",
    ]


def test_a_line_comes_every_five_seconds_however_often_the_run_is_sampled() -> None:
    lines = lines_of(*(sample(float(second), logs=second) for second in range(1, 18)))
    assert [line[:7] for line in lines] == ["[   5s]", "[  10s]", "[  15s]"]


def test_no_time_gives_no_rate() -> None:
    assert statistics_line(Change(None, sample(0.0, logs=50))).endswith("0/s overall, 0/s recent")


@given(st.lists(st.tuples(st.floats(0.1, 100.0), st.integers(0, 10**6)), min_size=1))
def test_recent_rates_add_up_to_the_total(steps: list[tuple[float, int]]) -> None:
    before, total, summed = sample(0.0, logs=0), 0, 0.0
    for seconds, events in steps:
        total += events
        after = sample(before.elapsed_seconds + seconds, logs=total)
        change = Change(before, after)
        summed += change.acked_per_second * change.seconds
        before = after
    assert summed == pytest.approx(total)


@pytest.mark.parametrize(("acked", "told"), [(940, True), (960, False), (1100, False)])
def test_a_rate_that_fell_behind_is_told_with_what_was_intended(acked: int, told: bool) -> None:
    (_, line) = lines_of(
        sample(5.0, due=5000.0, logs=5000), sample(6 + 4, due=6000.0, logs=5000 + acked)
    )
    assert line.endswith(" recent, 200/s intended") == told


def test_lines_follow_a_running_count() -> None:
    stats = make_stats()
    first = stats.sample(5.0, due=None, usage=ProcessUsage.none())
    send(stats, Signal.TRACES, 1000)
    lines = lines_of(first, stats.sample(10.0, due=None, usage=ProcessUsage.none()))
    assert lines[0].endswith("total: 145 | errors: 2 | rate: 29/s overall, 29/s recent")
    assert lines[1].endswith("total: 1,145 | errors: 2 | rate: 114/s overall, 200/s recent")


def test_a_run_that_has_sent_nothing_has_a_line_too() -> None:
    stats = RunStats([Signal.LOGS])
    (line,) = lines_of(stats.sample(5.0, due=None, usage=ProcessUsage.none()))
    assert line == (
        "[   5s] spans: 0 | metrics: 0 | logs: 0 | total: 0 | errors: 0 "
        "| rate: 0/s overall, 0/s recent"
    )
