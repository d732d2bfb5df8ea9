"""The counters obey their law, whatever happens to the requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender_results import make_stats, send
from telemetry_common.signals import Signal
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.failures import FailureLog, FailureRow
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.headers import redactor

DELIVERIES = st.builds(
    Delivery,
    code=st.sampled_from(["OK", "UNAVAILABLE", "INTERNAL"]),
    rejected=st.integers(min_value=-5, max_value=300),
    message=st.text(max_size=5),
)
REQUESTS = st.tuples(
    st.sampled_from(Signal),
    st.integers(min_value=1, max_value=200),
    st.none() | DELIVERIES,
    st.integers(min_value=0, max_value=3),
)


def sampled(stats: RunStats) -> Sample:
    return stats.sample(1.0, due=None, usage=ProcessUsage.none())


@given(st.lists(REQUESTS))
def test_every_scheduled_event_ends_exactly_once(
    requests: list[tuple[Signal, int, Delivery | None, int]],
) -> None:
    stats = RunStats(Signal)
    for signal, events, delivery, retries in requests:
        stats.scheduled(signal, events)
        if delivery is None:
            stats.dropped(signal, events)
            continue
        stats.sent(signal, events, 10)
        for _ in range(retries):
            stats.retried(signal, events, 10)
        stats.delivered(signal, events, delivery, 0.001, 0.002)
    for counters in (*map(stats.of, Signal), stats.totals()):
        assert counters.in_flight == 0
        ended = counters.acked + counters.rejected + counters.failed + counters.dropped
        assert counters.scheduled == ended
        assert counters.sent == counters.scheduled - counters.dropped
        assert counters.bytes == 10 * counters.requests
    attempts = sum(1 + retries for *_, delivery, retries in requests if delivery is not None)
    assert stats.totals().requests == attempts


def test_an_event_without_outcome_is_in_flight() -> None:
    stats = RunStats([Signal.LOGS])
    stats.scheduled(Signal.LOGS, 10)
    stats.sent(Signal.LOGS, 10, 100)
    assert stats.of(Signal.LOGS).in_flight == 10


def test_each_outcome_has_its_counter() -> None:
    stats = make_stats()
    assert stats.of(Signal.TRACES) == SignalCounters(
        scheduled=150,
        sent=150,
        acked=145,
        rejected=5,
        requests=2,
        bytes=15_000,
        wire_bytes=15_000,
        waiting_seconds=0.004,
    )
    assert stats.of(Signal.LOGS) == SignalCounters(
        scheduled=37, sent=30, failed=30, retried=30, dropped=7, requests=2, bytes=600
    )
    assert stats.totals() == SignalCounters(
        scheduled=187,
        sent=180,
        acked=145,
        rejected=5,
        failed=30,
        retried=30,
        dropped=7,
        requests=4,
        bytes=15_600,
        wire_bytes=15_000,
        waiting_seconds=0.004,
    )


@pytest.mark.parametrize(("claimed", "counted"), [(11, 10), (-1, 0), (10, 10), (3, 3)])
def test_no_more_events_are_rejected_than_were_sent(claimed: int, counted: int) -> None:
    stats = RunStats([Signal.LOGS])
    send(stats, Signal.LOGS, 10, Delivery(rejected=claimed))
    assert stats.of(Signal.LOGS).rejected == counted
    assert stats.of(Signal.LOGS).acked == 10 - counted


def test_failures_are_grouped_with_the_most_frequent_first() -> None:
    stats = RunStats([Signal.TRACES, Signal.LOGS])
    send(stats, Signal.TRACES, 1, Delivery("INTERNAL", message="no"))
    for _ in range(3):
        send(stats, Signal.LOGS, 50, Delivery("UNAVAILABLE", message="down"))
    send(stats, Signal.LOGS, 5, Delivery(rejected=2, message="too old"))
    assert stats.failures() == [
        FailureRow(Signal.LOGS, "UNAVAILABLE", "down", 3),
        FailureRow(Signal.LOGS, "PARTIAL_SUCCESS", "too old", 1),
        FailureRow(Signal.TRACES, "INTERNAL", "no", 1),
    ]
    assert sampled(stats).errors == 5


def test_a_message_with_nothing_rejected_is_a_warning_and_no_error() -> None:
    stats = RunStats([Signal.LOGS])
    send(stats, Signal.LOGS, 5, Delivery(message="deprecated field"))
    assert stats.failures() == [FailureRow(Signal.LOGS, "WARNING", "deprecated field", 1)]
    assert sampled(stats).errors == 0
    assert stats.of(Signal.LOGS).acked == 5


def test_messages_that_never_repeat_take_bounded_memory() -> None:
    log = FailureLog(str)
    for number in range(5000):
        log.add(Signal.LOGS, "INTERNAL", f"request {number}")
        log.add(Signal.TRACES, "ABORTED", f"request {number}")
    rows = log.rows()
    assert len(rows) <= 104
    assert log.total == 10_000
    assert {(row.signal, row.code) for row in rows if row.message == "other"} == {
        (Signal.LOGS, "INTERNAL"),
        (Signal.TRACES, "ABORTED"),
    }


def test_long_messages_are_cut_and_kept_to_one_line() -> None:
    log = FailureLog(str)
    log.add(Signal.LOGS, "INTERNAL", "a\n  b\t" + "c" * 1000)
    (row,) = log.rows()
    assert row.message.startswith("a b ccc")
    assert len(row.message) == 300


def test_secrets_are_masked_before_a_message_is_cut() -> None:
    secret = "k" * 60
    log = FailureLog(redactor([("x-key", secret)]))
    log.add(Signal.LOGS, "UNAUTHENTICATED", "x" * 280 + secret)
    (row,) = log.rows()
    assert "k" not in row.message


def test_latency_is_kept_by_signal_and_together() -> None:
    stats = RunStats([Signal.TRACES, Signal.LOGS])
    for _ in range(3):
        send(stats, Signal.TRACES, 1, millis=1.0)
    send(stats, Signal.LOGS, 1, Delivery("INTERNAL"), millis=100.0)
    traces, _ = stats.latency(Signal.TRACES)
    logs, _ = stats.latency(Signal.LOGS)
    service, response = stats.latency()
    assert traces.max == pytest.approx(1.0, rel=1e-3)
    assert logs.p50 == pytest.approx(100.0, rel=1e-3)
    assert (service.p50, service.max) == (traces.p50, logs.max)
    assert response.max == pytest.approx(200.0, rel=1e-3)
