"""Retries within a run: the same bytes, only where it is allowed, as often and as late as asked."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from replays import RecordingSink, Replay, replay, subset
from telemetry_common.signals import Signal
from telemetry_sender.sinks.delivery import Delivery


def one_at_a_time(answers: list[Delivery], **retry: Any) -> tuple[Replay, RecordingSink]:
    """Replay traces and logs in a request each; these answers come first, and then OK."""
    sink = RecordingSink(answer=lambda n: answers[n] if n < len(answers) else Delivery())
    result = replay(
        sink, subset({Signal.LOGS}), multiplier=1, concurrency=1, retry=retry,
        batch_size={"traces": 10_000, "logs": 10_000},
    )  # fmt: skip
    return result, sink


DOWN = Delivery("UNAVAILABLE", message="down", retryable=True)


def test_a_retry_sends_the_same_bytes_and_counts_apart() -> None:
    result, sink = one_at_a_time([DOWN, DOWN], initial_backoff=1, max_attempts=5)
    by_payload = Counter(request.payload for request in sink.requests)
    assert sorted(by_payload.values()) in ([1, 3], [2, 2])
    assert result.totals.acked == result.totals.sent
    assert result.totals.retried > 0
    assert result.totals.requests == 4
    assert result.totals.bytes == sum(len(request.payload) for request in sink.requests)


def test_attempts_are_bounded_and_the_last_answer_counts() -> None:
    result, sink = one_at_a_time([DOWN] * 100, max_attempts=3)
    assert len(sink.requests) == 6
    assert result.totals.failed == result.totals.sent
    rows = [(row.code, row.message, row.count) for row in result.stats.failures()]
    assert rows == [("UNAVAILABLE", "down", 1)] * 2


@pytest.mark.parametrize(
    "answer",
    [
        Delivery("INVALID_ARGUMENT", message="no"),
        Delivery(rejected=3, message="three too old"),
        Delivery(message="a warning"),
    ],
    ids=["permanent", "partial success", "warning"],
)
def test_what_is_not_retryable_is_sent_once(answer: Delivery) -> None:
    result, sink = one_at_a_time([answer, answer], max_attempts=5)
    assert len(sink.requests) == 2
    assert result.totals.retried == 0
    assert result.totals.rejected == (6 if answer.rejected else 0)


def test_a_delay_that_the_receiver_names_is_obeyed() -> None:
    """Also where it is far longer, or shorter, than the backoff would be."""
    for delay in (0.002, 50.0):
        throttled = Delivery("RESOURCE_EXHAUSTED", retryable=True, retry_after_seconds=delay)
        _, sink = one_at_a_time([throttled, throttled], initial_backoff=5, max_backoff=10)
        waits = sorted(
            later.began - earlier.ended
            for signal in (Signal.TRACES, Signal.LOGS)
            for earlier, later in pairwise([e for e in sink.requests if e.signal is signal])
        )
        assert waits == [pytest.approx(delay), pytest.approx(delay)]


def test_a_request_cut_off_before_its_retry_keeps_its_last_answer() -> None:
    """The duration ends, and the grace period too, while it waits."""
    throttled = Delivery("UNAVAILABLE", message="busy", retryable=True, retry_after_seconds=3600.0)
    sink = RecordingSink(answer=lambda _: throttled)
    result = replay(sink, duration=5, grace_period=2)
    assert {(row.code, row.message) for row in result.stats.failures()} == {("UNAVAILABLE", "busy")}
    assert result.totals.failed == result.totals.sent > 0


def test_a_stop_ends_the_wait_for_a_retry() -> None:
    throttled = Delivery("UNAVAILABLE", retryable=True, retry_after_seconds=3600.0)
    sink = RecordingSink(answer=lambda _: throttled)
    result = replay(sink, stop_at=[5.0], concurrency=2)
    assert result.seconds == pytest.approx(5.0)
    assert result.totals.failed == result.totals.sent > 0
