"""Replays: every event as often as asked, at the asked rate, in step, and none uncounted."""

from collections import Counter
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData

from core_support import COMMITTED_SIGNALS, examples, sources, templates_of
from otlp_events import events_in, holders_of
from otlp_profiles import profiles_naming
from replays import SEED, RecordingSink, Replay, committed_templates, replay, subset
from telemetry_common.errors import RunError
from telemetry_common.ids import RunKeys, unmix64
from telemetry_common.signals import Signal
from telemetry_sender.results.result import Outcome
from telemetry_sender.sinks.delivery import Delivery

SMALL_BATCHES = {"traces": 2, "metrics": 20, "logs": 7}
PER_PASS = {signal: each.plan.events for signal, each in committed_templates().items()}


def paced(rate: float, burst: float = 2.0) -> dict[str, float]:
    return {"events_per_second": rate, "burst_seconds": burst}


def span_counters(sink: RecordingSink) -> list[int]:
    """Return pass * spans + index of every span, in the order of sending."""
    words = [
        np.frombuffer(span.span_id, "<u8")
        for payload in sink.payloads(Signal.TRACES)
        for span in holders_of(Signal.TRACES, payload)
    ]
    counters = unmix64(np.concatenate(words)) - np.uint64(RunKeys.from_seed(SEED).span)
    return [int(each) for each in counters]


def log_texts(payloads: list[bytes]) -> list[bytes]:
    """Return what of each log record stays as it is in the template."""
    return [
        bytes(record.body.SerializeToString()) + record.severity_text.encode()
        for payload in payloads
        for record in holders_of(Signal.LOGS, payload)
    ]


def metric_names(payload: bytes) -> tuple[str, ...]:
    return tuple(metric.name for metric in holders_of(Signal.METRICS, payload))


def points_sent(sink: RecordingSink) -> Counter[str]:
    found: Counter[str] = Counter()
    for payload in sink.payloads(Signal.METRICS):
        for metric in holders_of(Signal.METRICS, payload):
            found[metric.name] += events_in(Signal.METRICS, metric)
    return found


def assert_accounted(result: Replay) -> None:
    for signal in result.stats.signals:
        counters = result.stats.of(signal)
        assert counters.in_flight == 0
        assert counters.scheduled == counters.sent + counters.dropped


@examples(25)
@given(
    rng=sources, multiplier=st.integers(1, 4), concurrency=st.integers(1, 12),
    names=st.sets(st.sampled_from(COMMITTED_SIGNALS), min_size=1),
    batch=st.integers(1, 60), rate=st.sampled_from([0, 50, 5000]),
)  # fmt: skip
def test_every_event_is_sent_multiplier_times_whatever_the_workers_and_signals(
    rng: Random, multiplier: int, concurrency: int, names: set[Signal], batch: int, rate: float
) -> None:
    """Slow and quick requests mixed, paced or not."""
    templates = subset(names)
    sink = RecordingSink(seconds=lambda _: rng.choice([0, 0, 0.001, 3.0]))
    result = replay(
        sink, templates, multiplier=multiplier, concurrency=concurrency, rate_limit=paced(rate),
        batch_size=dict.fromkeys(COMMITTED_SIGNALS, batch),
    )  # fmt: skip
    assert result.outcome is Outcome.COMPLETED
    for signal in templates:
        assert result.stats.of(signal).acked == multiplier * PER_PASS[signal]
    assert sorted(span_counters(sink)) == list(range(multiplier * PER_PASS[Signal.TRACES]))
    if Signal.LOGS in templates:
        once = Counter(log_texts([templates[Signal.LOGS].data[:]]))
        sent = Counter(log_texts(sink.payloads(Signal.LOGS)))
        assert sent == Counter({text: multiplier * count for text, count in once.items()})
    if Signal.METRICS in templates:
        whole = RecordingSink()
        replay(whole, templates, multiplier=1)
        assert points_sent(sink) == Counter(
            {name: multiplier * count for name, count in points_sent(whole).items()}
        )
    assert_accounted(result)


@pytest.mark.parametrize("concurrency", [1, 9])
def test_profiles_are_sent_as_often_as_the_rest(concurrency: int) -> None:
    """All four signals: every sample in each pass, naming spans of the same pass."""
    traces = committed_templates()[Signal.TRACES].data[:]
    profiles = profiles_naming(holders_of(Signal.TRACES, traces)[::3])
    data = {Signal.TRACES: traces, Signal.PROFILES: profiles.SerializeToString()}
    templates = {**committed_templates(), **templates_of(data)}
    sink = RecordingSink()
    batches = {**SMALL_BATCHES, "profiles": 12}
    replay(sink, templates, multiplier=3, concurrency=concurrency, batch_size=batches)
    spans = {
        (span.trace_id, span.span_id)
        for payload in sink.payloads(Signal.TRACES)
        for span in holders_of(Signal.TRACES, payload)
    }
    named: Counter[tuple[bytes, bytes]] = Counter()
    for payload in sink.payloads(Signal.PROFILES):
        links = ProfilesData.FromString(payload).dictionary.link_table
        for profile in holders_of(Signal.PROFILES, payload):
            found = [links[sample.link_index] for sample in profile.samples if sample.link_index]
            named.update((link.trace_id, link.span_id) for link in found)
    assert set(named.values()) == {1}
    assert len(named) == 3 * (len(profiles.dictionary.link_table) - 1)
    assert set(named) <= spans


def test_blocks_of_a_signal_go_out_in_the_order_of_the_file() -> None:
    sink = RecordingSink()
    replay(sink, multiplier=3, concurrency=12, batch_size=SMALL_BATCHES)
    assert span_counters(sink) == list(range(3 * PER_PASS[Signal.TRACES]))
    once = log_texts([committed_templates()[Signal.LOGS].data[:]])
    assert log_texts(sink.payloads(Signal.LOGS)) == once * 3


@pytest.mark.parametrize("rate", [0, 500])
def test_the_mix_of_signals_stays_that_of_the_set_within_a_block(rate: float) -> None:
    """At no moment is a signal ahead of another by more than a block of the coarser and its own."""
    sink = RecordingSink()
    replay(sink, multiplier=3, rate_limit=paced(rate), batch_size=SMALL_BATCHES)
    blocks = Counter(request.signal for request in sink.requests)
    steps = {signal: 3 / count for signal, count in blocks.items()}
    progress = dict.fromkeys(blocks, 0.0)
    for request in sink.requests:
        progress[request.signal] += steps[request.signal]
        ahead = progress[request.signal] - min(progress.values())
        assert ahead <= max(steps.values()) + steps[request.signal] + 1e-9
    assert len(blocks) == 3


def test_a_metric_block_is_never_in_flight_twice() -> None:
    """Else a later pass could overtake an earlier one, and the times of its series go back."""
    rng = Random(3)
    sink = RecordingSink(seconds=lambda _: rng.choice([0.0, 0.1, 9.0]))
    replay(sink, subset({Signal.METRICS}), multiplier=8, concurrency=20, batch_size={"metrics": 40})
    flights: dict[tuple[str, ...], list[tuple[float, float]]] = {}
    for each in sink.requests:
        if each.signal is Signal.METRICS:
            flights.setdefault(metric_names(each.payload), []).append((each.began, each.ended))
    assert len(flights) >= 2
    for times in flights.values():
        assert len(times) == 8
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(times))
    everything = sorted(time for times in flights.values() for time in times)
    assert any(later[0] < earlier[1] for earlier, later in pairwise(everything))


@pytest.mark.parametrize("concurrency", [1, 10])
@pytest.mark.parametrize("rate", [130.0, 4000.0])
def test_a_duration_sends_rate_times_duration(rate: float, concurrency: int) -> None:
    """To the event, since a log record is a unit of one event; and no longer than that."""
    result = replay(RecordingSink(), rate_limit=paced(rate), duration=20, concurrency=concurrency)
    assert result.totals.acked == rate * 20
    assert result.totals.acked == result.totals.scheduled
    assert result.seconds == pytest.approx(20, abs=0.01)
    assert result.outcome is Outcome.COMPLETED


def test_a_duration_of_traces_alone_ends_up_to_one_trace_early() -> None:
    traces = subset({Signal.TRACES})
    result = replay(RecordingSink(), traces, rate_limit=paced(1000), duration=10)
    largest = int(np.diff(traces[Signal.TRACES].plan.unit_first).max())
    assert 10_000 - largest < result.totals.acked <= 10_000
    assert result.totals.dropped == 0


def test_requests_are_spread_over_time_from_the_start() -> None:
    """The first one waits for its own events, and none is sent before its events are due."""
    sink = RecordingSink()
    replay(sink, rate_limit=paced(100), duration=30, batch_size=SMALL_BATCHES)
    total = 0
    for request in sink.requests:
        total += sum(
            events_in(request.signal, h) for h in holders_of(request.signal, request.payload)
        )
        assert total <= 100 * request.began + 1e-6
    assert sink.requests[0].began > 0


def test_an_unlimited_run_ends_at_its_duration_or_its_multiplier() -> None:
    sink = RecordingSink(seconds=lambda _: 0.25)
    by_time = replay(sink, duration=10, concurrency=3)
    assert by_time.seconds == pytest.approx(10, abs=0.3)
    by_count = replay(sink, duration=10_000, multiplier=2, concurrency=3)
    assert by_count.totals.acked == 2 * sum(PER_PASS.values())
    assert by_count.seconds < 100


def test_a_sink_that_is_too_slow_leaves_events_dropped_and_counted() -> None:
    """All that the schedule asked for is scheduled; what was not sent in time is dropped."""
    sink = RecordingSink(seconds=lambda _: 2.0)
    result = replay(sink, rate_limit=paced(1000), duration=60, concurrency=3, grace_period=30)
    largest = max(PER_PASS.values())
    assert result.totals.scheduled == pytest.approx(60_000, abs=largest)
    assert result.totals.dropped > 30_000
    assert result.totals.dropped + result.totals.acked == result.totals.scheduled
    assert_accounted(result)


def test_a_slow_sink_drops_no_more_than_the_multiplier_asks_for() -> None:
    """The schedule would have gone on, but there was nothing more to send."""
    sink = RecordingSink(seconds=lambda _: 10.0)
    result = replay(
        sink, rate_limit=paced(1000), duration=60, multiplier=2, concurrency=3,
        batch_size=SMALL_BATCHES, grace_period=30,
    )  # fmt: skip
    assert result.totals.acked < 2 * sum(PER_PASS.values())
    assert result.totals.scheduled == 2 * sum(PER_PASS.values())
    assert_accounted(result)


def test_a_slow_sink_that_gets_through_all_passes_drops_nothing() -> None:
    sink = RecordingSink(seconds=lambda _: 3.0)
    result = replay(sink, rate_limit=paced(1000), multiplier=2, concurrency=3)
    assert (result.totals.dropped, result.totals.acked) == (0, 2 * sum(PER_PASS.values()))


def test_response_latency_counts_from_the_intended_time() -> None:
    """A sink of 1 s a request that is asked for 10 requests a second falls behind, and says so."""
    traces = subset({Signal.TRACES})
    sink = RecordingSink(seconds=lambda _: 1.0)
    result = replay(
        sink, traces, rate_limit=paced(200, burst=60), duration=20, concurrency=1,
        batch_size={"traces": 2}, grace_period=30,
    )  # fmt: skip
    service, response = result.stats.latency()
    assert service.max == pytest.approx(1000, rel=0.01)
    assert response.p50 is not None
    assert response.p50 > 5000
    assert response.max is not None
    assert response.max > 10_000


def test_latencies_are_equal_when_the_sink_keeps_pace() -> None:
    sink = RecordingSink(seconds=lambda _: 0.1)
    result = replay(sink, rate_limit=paced(1000), duration=20, concurrency=30)
    service, response = result.stats.latency()
    assert service.p999 == pytest.approx(100, rel=0.01)
    assert response.p999 == pytest.approx(100, rel=0.05)


@examples(25)
@given(rng=sources, stop_at=st.floats(0.01, 30), rate=st.sampled_from([0, 50, 5000]))
def test_a_stop_leaves_nothing_uncounted(rng: Random, stop_at: float, rate: float) -> None:
    """Whatever is in flight, waiting or retried when SIGTERM comes."""
    answers = [Delivery(), Delivery("UNAVAILABLE", retryable=True, retry_after_seconds=7.0)]
    sink = RecordingSink(
        seconds=lambda _: rng.choice([0.001, 0.5, 20.0]), answer=lambda _: rng.choice(answers)
    )
    result = replay(sink, stop_at=[stop_at], rate_limit=paced(rate), grace_period=10)
    assert result.outcome is Outcome.INTERRUPTED
    assert result.seconds <= stop_at + 10.01
    totals = result.totals
    assert totals.scheduled == totals.acked + totals.rejected + totals.failed + totals.dropped
    assert_accounted(result)


def test_a_stop_lets_requests_in_flight_finish_and_begins_no_more() -> None:
    sink = RecordingSink(seconds=lambda _: 4.0)
    result = replay(sink, stop_at=[10.0], concurrency=6)
    assert max(request.began for request in sink.requests) <= 10.0
    assert result.totals.failed == 0
    assert result.seconds == pytest.approx(12.0)


def test_after_a_stop_the_schedule_asks_for_nothing_more() -> None:
    """The run keeps pace until it is stopped, so nothing is dropped, however long it ends."""
    sink = RecordingSink(seconds=lambda _: 8.0)
    result = replay(
        sink, subset({Signal.TRACES}), stop_at=[5.0], rate_limit=paced(100), concurrency=100,
        batch_size=SMALL_BATCHES,
    )  # fmt: skip
    assert result.seconds > 8.0
    assert result.totals.dropped == 0
    assert result.totals.acked == result.totals.scheduled > 300


@pytest.mark.parametrize("error", [BrokenPipeError(), RunError("stdout", "full", "make room")])
def test_statistics_that_cannot_be_printed_end_the_run_in_good_order(error: Exception) -> None:
    """Behind `| head` nobody would see how an endless run goes on."""

    def fail(_: str) -> None:
        raise error

    result = replay(RecordingSink(seconds=lambda _: 4.0), concurrency=6, out=fail)
    assert result.outcome is Outcome.INTERRUPTED
    assert result.totals.acked == result.totals.scheduled > 0
    assert result.seconds == pytest.approx(8.0)


def test_what_does_not_end_within_the_grace_period_counts_as_failed() -> None:
    sink = RecordingSink(seconds=lambda _: 1000.0)
    result = replay(sink, stop_at=[5.0], concurrency=4, grace_period=3)
    assert result.seconds == pytest.approx(8.0)
    assert result.totals.failed == result.totals.sent > 0
    assert {row.code for row in result.stats.failures()} == {"CANCELLED"}
    assert_accounted(result)


def test_a_second_signal_cuts_off_what_is_in_flight() -> None:
    sink = RecordingSink(seconds=lambda _: 1000.0)
    result = replay(sink, stop_at=[5.0, 6.0], concurrency=4, grace_period=3600)
    assert result.seconds == pytest.approx(6.0)
    assert result.totals.failed == result.totals.sent > 0
    assert_accounted(result)


def test_an_error_of_the_sink_ends_the_run_instead_of_hanging_it() -> None:
    """A defect, since trouble of the destination is a delivery; it must show, and at once."""

    def broken(number: int) -> Delivery:
        if number == 7:
            raise RuntimeError("a defect")
        return Delivery()

    sink = RecordingSink(seconds=lambda _: 1.0, answer=broken)
    with pytest.raises(RuntimeError, match="a defect"):
        replay(sink, concurrency=4, batch_size=SMALL_BATCHES)
    assert max(request.began for request in sink.requests) <= 3.0


def test_the_grace_period_also_ends_a_run_that_reached_its_duration() -> None:
    sink = RecordingSink(seconds=lambda _: 1000.0)
    result = replay(sink, duration=5, grace_period=2)
    assert result.outcome is Outcome.COMPLETED
    assert result.seconds == pytest.approx(7.0)
    assert result.totals.failed == result.totals.sent > 0
