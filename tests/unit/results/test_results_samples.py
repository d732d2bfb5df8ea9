"""What processes say of themselves adds up to what one process would have said."""

import pickle
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender_results import make_stats, send
from telemetry_common.signals import Signal
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.latency import LatencyHistogram
from telemetry_sender.results.sample import Sample, merge_samples
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.headers import redactor

DELIVERIES = st.builds(
    Delivery,
    code=st.sampled_from(["OK", "UNAVAILABLE", "INTERNAL"]),
    rejected=st.integers(0, 300),
    message=st.sampled_from(["", "down", "too old"]),
)
REQUEST = tuple[int, Signal, int, Delivery, float]
REQUESTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(Signal),
        st.integers(1, 200),
        DELIVERIES,
        # Binary fractions of a second, whose sums are exact in any order.
        st.integers(1, 10**8).map(lambda part: part * 1000 / 2**20),
    )
)


def sampled(stats: RunStats, seconds: float = 1.0, due: float | None = None) -> Sample:
    return stats.sample(seconds, due=due, usage=ProcessUsage(1.5, 1000))


def apart_and_together(requests: Sequence[REQUEST]) -> tuple[list[RunStats], RunStats]:
    """Return the statistics of three processes, and those of one that did it all."""
    parts, whole = [RunStats(Signal) for _ in range(3)], RunStats(Signal)
    for number, signal, events, delivery, millis in requests:
        for stats in (parts[number], whole):
            send(stats, signal, events, delivery, millis=millis)
    return parts, whole


@given(REQUESTS)
def test_statistics_of_parts_add_up_to_those_of_the_whole(requests: list[REQUEST]) -> None:
    parts, whole = apart_and_together(requests)
    total = RunStats([])
    for part in parts:
        total.add(pickle.loads(pickle.dumps(part)))
    assert [total.of(signal) for signal in Signal] == [whole.of(signal) for signal in Signal]
    assert total.failures() == whole.failures()
    for signal in (None, *Signal):
        assert total.latency(signal) == whole.latency(signal)


@given(REQUESTS)
def test_samples_of_parts_add_up_to_that_of_the_whole(requests: list[REQUEST]) -> None:
    parts, whole = apart_and_together(requests)
    merged = merge_samples([pickle.loads(pickle.dumps(sampled(part, due=5.0))) for part in parts])
    expected = sampled(whole)
    assert merged.counters == expected.counters
    assert (merged.errors, merged.codes) == (expected.errors, expected.codes)
    assert merged.latencies.service.summary() == expected.latencies.service.summary()
    assert merged.latencies.response.summary() == expected.latencies.response.summary()
    assert merged.due == 15.0
    assert merged.usage == ProcessUsage(4.5, 3000)


def test_a_run_without_schedule_has_nothing_due_in_any_number_of_processes() -> None:
    assert merge_samples([sampled(make_stats()), sampled(make_stats())]).due is None


def test_a_sample_holds_the_latencies_since_the_one_before() -> None:
    stats = RunStats([Signal.LOGS])
    send(stats, Signal.LOGS, 1, millis=1.0)
    assert sampled(stats).latencies.service.count == 1
    send(stats, Signal.LOGS, 1, millis=100.0)
    send(stats, Signal.LOGS, 1, millis=100.0)
    second = sampled(stats, 2.0).latencies.service.summary()
    assert second.p50 == pytest.approx(100.0, rel=1e-3)
    assert sampled(stats, 3.0).latencies.service.count == 0
    service, _ = stats.latency()
    assert (service.p50, service.max) == (second.p50, second.max)
    assert stats.latencies(Signal.LOGS).service.count == 3, "sampling loses no latency"


def test_a_sample_does_not_change_when_the_run_goes_on() -> None:
    stats = make_stats()
    before = sampled(stats)
    send(stats, Signal.TRACES, 1000, Delivery("ABORTED"))
    assert before.totals == make_stats().totals()
    assert before.codes == {"PARTIAL_SUCCESS": 1, "UNAVAILABLE": 1}


def test_a_sample_is_small_enough_to_be_sent_every_second() -> None:
    stats = RunStats(Signal)
    for number in range(5000):
        send(stats, Signal.TRACES, 100, millis=2 + number / 500)
    assert len(pickle.dumps(sampled(stats))) < 100_000, "a fifth of the histograms"


def test_statistics_travel_without_the_secrets_that_they_mask() -> None:
    stats = RunStats([Signal.LOGS], redactor([("x-key", "s3cret-value")]))
    send(stats, Signal.LOGS, 1, Delivery("ABORTED", message="no s3cret-value"))
    pickled = pickle.dumps(stats)
    assert b"s3cret" not in pickled
    (row,) = pickle.loads(pickled).failures()
    assert row.message == "no ***"


def test_answers_tell_the_bytes_on_the_wire_and_the_time_waited() -> None:
    stats = RunStats([Signal.LOGS])
    stats.answered(Signal.LOGS, 1000, Delivery(wire_bytes=300), 0.25)
    stats.answered(Signal.LOGS, 1000, Delivery("UNAVAILABLE"), 0.5)
    assert stats.of(Signal.LOGS) == SignalCounters(wire_bytes=1300, waiting_seconds=0.75)


@given(st.lists(st.floats(1e-6, 3000.0)))
def test_a_pickled_histogram_goes_on_counting(seconds: list[float]) -> None:
    histogram = LatencyHistogram()
    for value in seconds:
        histogram.record(value)
    copy: LatencyHistogram = pickle.loads(pickle.dumps(histogram))
    assert copy.summary() == histogram.summary()
    total = LatencyHistogram()
    total.add(copy)
    total.add(histogram)
    total.record(1.0)
    assert total.count == 2 * len(seconds) + 1
    assert total.total_seconds == pytest.approx(2 * sum(seconds) + 1, rel=2e-3)


@given(st.lists(st.floats(1e-6, 3000.0)), st.lists(st.floats(1e-6, 3000.0), min_size=1))
def test_counts_under_bounds_are_right_to_three_digits(
    seconds: list[float], bounds: list[float]
) -> None:
    histogram = LatencyHistogram()
    for value in seconds:
        histogram.record(value)
    for bound, count in zip(bounds, histogram.at_most(bounds), strict=True):
        least = sum(value * 1.001 + 1e-6 <= bound for value in seconds)
        most = sum(value * 0.999 - 1e-6 <= bound for value in seconds)
        assert least <= count <= most
