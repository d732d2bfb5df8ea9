"""What becomes of requests in whole replays: retried, split, waiting; and every event counted."""

from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import COMMITTED_SIGNALS, examples, sources
from otlp_events import holders_of
from replays import RecordingSink, Replay, committed_templates, replay, subset
from telemetry_common.signals import Signal
from telemetry_sender.results.result import Outcome
from telemetry_sender.sending.availability import IN_A_ROW
from telemetry_sender.sinks.delivery import Delivery

GONE = Delivery("UNAVAILABLE", message="connection refused", retryable=True)
BUSY = Delivery("RESOURCE_EXHAUSTED", message="slow down", retryable=True, retry_after_seconds=0.1)
TOO_LARGE = Delivery("RESOURCE_EXHAUSTED", message="larger than max", too_large=True)
LARGE_BATCHES = dict.fromkeys(COMMITTED_SIGNALS, 10_000)
PER_PASS = {signal: each.plan.events for signal, each in committed_templates().items()}


class LimitedSink(RecordingSink):
    """Refuses requests above so many bytes."""

    def __init__(self, most: int, **behaviour: Any) -> None:
        super().__init__(**behaviour)
        self.most = most
        self.taken: list[tuple[Signal, bytes]] = []
        self.refused = 0

    async def write(self, signal: Signal, payload: bytes) -> Delivery:
        delivery = await super().write(signal, payload)
        if len(payload) > self.most:
            self.refused += 1
            return TOO_LARGE
        self.taken.append((signal, payload))
        return delivery

    def arrived(self, signal: Signal) -> list[bytes]:
        return [payload for each, payload in self.taken if each is signal]


def assert_accounted(result: Replay) -> None:
    for signal in result.stats.signals:
        counters = result.stats.of(signal)
        assert counters.in_flight == 0
        assert counters.scheduled == counters.sent + counters.dropped
        assert min(counters.acked, counters.rejected, counters.failed, counters.dropped) >= 0


def spans_in(payloads: list[bytes]) -> Counter[tuple[bytes, bytes, int]]:
    return Counter(
        (span.trace_id, span.span_id, span.end_time_unix_nano)
        for payload in payloads
        for span in holders_of(Signal.TRACES, payload)
    )


def test_what_is_too_large_arrives_in_parts_with_the_same_ids_and_times() -> None:
    traces = subset({Signal.TRACES})
    unlimited, limited = RecordingSink(), LimitedSink(6_000)
    settings: dict[str, Any] = {"multiplier": 3, "concurrency": 1, "batch_size": LARGE_BATCHES}
    replay(unlimited, traces, **settings)
    result = replay(limited, traces, **settings)
    assert spans_in(limited.arrived(Signal.TRACES)) == spans_in(unlimited.payloads(Signal.TRACES))
    assert max(len(payload) for _, payload in limited.taken) <= 6_000
    assert result.totals.acked == result.totals.scheduled == 3 * PER_PASS[Signal.TRACES]
    assert result.totals.splits == limited.refused > 0


def test_a_refused_size_is_not_tried_again() -> None:
    """The first passes find the limit, those behind them keep it."""
    refused = []
    for passes in (20, 40):
        sink = LimitedSink(6_000)
        result = replay(sink, multiplier=passes, concurrency=1, batch_size=LARGE_BATCHES)
        assert result.totals.acked == passes * sum(PER_PASS.values())
        refused.append(sink.refused)
    assert refused[0] == refused[1] > 0


def points_in(payloads: list[bytes]) -> Counter[bytes]:
    """Return every point under its metric's name: times and values included."""
    return Counter(
        metric.name.encode() + bytes(point.SerializeToString())
        for payload in payloads
        for metric in holders_of(Signal.METRICS, payload)
        for point in getattr(metric, metric.WhichOneof("data")).data_points
    )


def test_points_of_a_split_block_go_on_from_the_pass_before() -> None:
    """Both halves share their instant, and delta points start where the block last ended."""
    sink, whole = LimitedSink(2_000), RecordingSink()
    for each in (sink, whole):
        replay(each, subset({Signal.METRICS}), multiplier=3, batch_size=LARGE_BATCHES)
    assert sink.refused > 0
    assert points_in(sink.arrived(Signal.METRICS)) == points_in(whole.payloads(Signal.METRICS))


def test_an_event_that_is_too_large_alone_fails_for_good() -> None:
    sink = LimitedSink(0)
    result = replay(sink, subset({Signal.LOGS}), multiplier=1, concurrency=1)
    assert (
        result.totals.failed
        == result.totals.scheduled
        == sum(PER_PASS[signal] for signal in (Signal.TRACES, Signal.LOGS))
    )
    assert {row.code for row in result.stats.failures()} == {"RESOURCE_EXHAUSTED"}
    assert_accounted(result)


def test_requests_wait_for_an_endpoint_that_is_down_and_none_is_lost() -> None:
    """Down for ten minutes, far longer than the retries of a request would last."""
    sink = RecordingSink(seconds=lambda _: 0.01)
    sink.answer = lambda n: GONE if 20 <= sink.requests[n].began < 620 else Delivery()
    result = replay(
        sink, rate_limit={"events_per_second": 1000}, duration=660, grace_period=30,
        retry={"max_backoff": "5s"},
    )  # fmt: skip
    assert (result.totals.failed, result.totals.rejected) == (0, 0)
    assert result.totals.acked > 50_000
    assert result.totals.dropped > 500_000
    assert_accounted(result)
    down = [each.began for each in sink.requests if 25 <= each.began < 620]
    assert len(down) < 600 / 5 * 3 * 1.5
    back = [each.began for each in sink.requests if each.began >= 620]
    assert min(back) < 626
    _, response = result.stats.latency()
    assert response.max is not None
    assert response.max > 590_000


def test_one_request_of_a_signal_at_a_time_tries_whether_the_endpoint_is_back() -> None:
    sink = RecordingSink(seconds=lambda _: 1.0)
    sink.answer = lambda n: GONE if sink.requests[n].began < 300 else Delivery()
    replay(sink, subset({Signal.TRACES}), multiplier=1, concurrency=20, batch_size={"traces": 1})
    probes = [each for each in sink.requests if 20 < each.began < 300]
    assert probes
    assert all(earlier.ended <= later.began for earlier, later in pairwise(probes))


def test_a_stop_ends_the_wait_for_an_endpoint_that_is_down() -> None:
    sink = RecordingSink(answer=lambda _: GONE)
    result = replay(sink, stop_at=[50.0], rate_limit={"events_per_second": 1000})
    assert result.outcome is Outcome.INTERRUPTED
    assert result.seconds == pytest.approx(50.0)
    assert result.totals.acked == 0
    assert_accounted(result)


def test_a_run_that_is_not_to_wait_fails_when_the_endpoint_is_down() -> None:
    sink = RecordingSink(answer=lambda n: GONE if n > 30 else Delivery(), seconds=lambda _: 0.01)
    traces = subset({Signal.TRACES})
    result = replay(sink, traces, when_down="fail", retry={"max_attempts": 3}, concurrency=2)
    assert result.outcome is Outcome.FAILED
    assert result.totals.acked > 0
    assert IN_A_ROW <= sum(row.count for row in result.stats.failures()) <= IN_A_ROW + 1
    assert_accounted(result)


def test_retries_end_where_their_budget_does() -> None:
    """Half of the answers ask to come again: without a bound that doubles the requests."""
    sink = RecordingSink(answer=lambda n: BUSY if n % 2 else Delivery())
    result = replay(
        sink, multiplier=60, concurrency=4, batch_size={"traces": 2, "metrics": 20, "logs": 7},
        retry={"budget": 0.1, "budget_reserve": 10, "max_attempts": 100},
    )  # fmt: skip
    first = Counter(each.payload for each in sink.requests)
    retries = len(sink.requests) - len(first)
    assert 0.09 * len(first) < retries <= 10 + 0.1 * len(first)
    assert result.totals.refused_retries == sum(row.count for row in result.stats.failures()) > 0
    assert_accounted(result)


def test_a_request_is_given_up_when_its_time_is_over() -> None:
    sink = RecordingSink(answer=lambda _: BUSY, seconds=lambda _: 4.0)
    replay(
        sink, subset({Signal.TRACES}), multiplier=1, concurrency=1, batch_size=LARGE_BATCHES,
        retry={"max_attempts": 1000, "max_elapsed": "60s"},
    )  # fmt: skip
    assert 50 < max(each.began for each in sink.requests) <= 60


def test_a_receiver_cannot_stop_the_run_with_an_endless_delay() -> None:
    year = Delivery("UNAVAILABLE", retryable=True, retry_after_seconds=365 * 86_400.0)
    sink = RecordingSink(answer=lambda n: Delivery() if n else year)
    result = replay(sink, subset({Signal.TRACES}), multiplier=1, concurrency=1)
    assert result.seconds == pytest.approx(60.0)
    assert result.totals.failed == 0


@examples(60)
@given(
    rng=sources, rate=st.sampled_from([0, 50, 5000]), batch=st.integers(1, 200),
    concurrency=st.integers(1, 12), stops=st.lists(st.floats(0.01, 40), max_size=2),
    when_down=st.sampled_from(["wait", "fail"]), grace=st.sampled_from([0.0, 1.0, 60.0]),
)  # fmt: skip
def test_every_event_has_one_outcome_whatever_happens(
    rng: Random, rate: float, batch: int, concurrency: int, stops: list[float], when_down: str,
    grace: float,
) -> None:  # fmt: skip
    """Any answers in any order and time, too large ones included, until it ends or is stopped."""
    answers = [
        Delivery(), Delivery(), Delivery(rejected=3), GONE, BUSY, TOO_LARGE, Delivery("INTERNAL"),
        Delivery("DEADLINE_EXCEEDED", retryable=True),
    ]  # fmt: skip
    likely = [rng.choice(answers) for _ in range(4)]
    sink = RecordingSink(
        seconds=lambda _: rng.choice([0.0, 0.001, 0.5, 20.0]), answer=lambda _: rng.choice(likely)
    )
    result = replay(
        sink, stop_at=sorted(stops), duration=30, multiplier=rng.choice([0, 2]),
        concurrency=concurrency, batch_size=dict.fromkeys(COMMITTED_SIGNALS, batch),
        rate_limit={"events_per_second": rate}, when_down=when_down, grace_period=grace,
    )  # fmt: skip
    assert_accounted(result)
    assert result.seconds <= 30 + grace + 0.1
    assert result.totals.requests == len(sink.requests)
    assert result.totals.bytes == sum(len(each.payload) for each in sink.requests)


def test_what_was_due_before_the_end_is_still_sent_in_the_grace_period() -> None:
    """A duration ends the schedule, not what it has asked for so far."""
    sink = RecordingSink(seconds=lambda _: 0.6)
    result = replay(
        sink, subset({Signal.TRACES}), duration=10,
        rate_limit={"events_per_second": 100, "burst_seconds": 60},
        concurrency=1, batch_size={"traces": 5}, grace_period=30,
    )  # fmt: skip
    assert max(each.began for each in sink.requests) > 10
    assert result.totals.acked == pytest.approx(1000, abs=30)
