"""Late roots: found, held back for their delay, bounded, drained at the end, and all counted."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import examples, late_roots_file, planned, sources, templates_of
from otlp_events import holders_of
from replays import RecordingSink, Replay, replay
from telemetry_common.late import LateSpans, find_late_spans, late_roots
from telemetry_common.signals import Signal
from telemetry_common.template import Template, open_templates
from telemetry_generator.cli import main as generate
from telemetry_sender.sinks.delivery import Delivery

SPANS = [4, 1, 3, 5, 2, 4]
DELAY = 7.0


def late_template(
    spans: list[int] = SPANS, group: int = 3, delay: float = DELAY
) -> dict[Signal, Template]:
    """Return a set whose roots are late, except those of traces of one span."""
    template = templates_of({Signal.TRACES: late_roots_file(spans, group)})[Signal.TRACES]
    roots = late_roots(template.plan)
    late = LateSpans(roots, np.full(len(roots), round(delay * 1000)))
    return {Signal.TRACES: replace(template, late=late)}


def sent(sink: RecordingSink) -> list[tuple[float, Any]]:
    return [
        (request.began, span)
        for request in sink.requests
        for span in holders_of(Signal.TRACES, request.payload)
    ]


def assert_accounted(result: Replay) -> None:
    totals = result.totals
    assert totals.in_flight == 0
    assert totals.scheduled == totals.sent + totals.dropped
    assert totals.deferred_dropped <= min(totals.deferred, totals.dropped)


def test_late_roots_are_those_behind_another_span_of_their_trace() -> None:
    plan = planned(late_roots_file(SPANS, 3), Signal.TRACES)
    # Groups of 4, 1 and 3, then 5, 2 and 4 spans: children first, the roots behind them. The root
    # of the trace of one span has nothing to be late for.
    assert late_roots(plan).tolist() == [5, 7, 16, 17, 18]


def test_files_are_cut_around_late_spans() -> None:
    late = LateSpans(np.array([2, 3, 4, 9]), np.array([50, 50, 80, 50]))
    assert late.cuts().tolist() == [2, 4, 5, 9, 10]
    assert late.delays(np.array([0, 2, 4, 5, 9, 10])) == {1: 0.05, 2: 0.08, 4: 0.05}


def test_the_delay_is_that_of_the_set(tmp_path: Path) -> None:
    """A generated set says so in its manifest; one without late roots has none."""
    for enabled in (True, False):
        config = tmp_path / "gen.yaml"
        config.write_text(
            "output: {prefix: x}\ntraces:\n  count: 60\n  root:\n    late_root: "
            f"{{enabled: {str(enabled).lower()}, percentage: 40, delay_ms: 250}}\n"
        )
        directory = tmp_path / str(enabled)
        with pytest.raises(SystemExit) as ended:
            generate(["--config", str(config), "--output-dir", str(directory)])
        assert not ended.value.code
        template = open_templates({Signal.TRACES: directory / "x-traces.pb"})[Signal.TRACES]
        if not enabled:
            assert template.late is None
            continue
        assert template.late is not None
        assert set(template.late.delay_ms.tolist()) == {250}
        spans = holders_of(Signal.TRACES, bytes(template.data))
        roots = {number for number, span in enumerate(spans) if not span.parent_span_id}
        first = {span.trace_id: number for number, span in reversed(list(enumerate(spans)))}
        expected = sorted(n for n in roots if first[spans[n].trace_id] < n)
        assert template.late.span.tolist() == expected
        assert 10 < len(expected) < 60


def test_a_template_without_a_manifest_has_no_late_roots() -> None:
    plan = planned(late_roots_file(SPANS, 3), Signal.TRACES)
    assert find_late_spans(Path("nowhere-traces.pb"), plan) is None


@pytest.mark.parametrize("rate", [0, 3])
def test_roots_follow_their_delay_after_the_rest_of_their_trace(rate: float) -> None:
    sink = RecordingSink(seconds=lambda _: 0.01)
    result = replay(
        sink, late_template(), multiplier=5, concurrency=3, batch_size={"traces": 2},
        rate_limit={"events_per_second": rate},
    )  # fmt: skip
    began: dict[bytes, list[float]] = {}
    roots: dict[bytes, float] = {}
    for at, span in sent(sink):
        if span.parent_span_id:
            began.setdefault(span.trace_id, []).append(at)
        else:
            roots[span.trace_id] = at
    assert len(roots) == 5 * len(SPANS)
    for trace, times in began.items():
        assert roots[trace] - max(times) >= DELAY - 1e-6
        assert roots[trace] - max(times) <= DELAY + (0.5 if rate == 0 else 4.0)
    assert result.totals.acked == result.totals.scheduled == 5 * sum(SPANS)
    assert result.totals.deferred == 5 * (len(SPANS) - 1)
    assert_accounted(result)


def test_children_stay_inside_roots_that_are_sent_many_passes_later() -> None:
    """All spans of a trace move together, also when thousands of passes lie between them."""
    sink = RecordingSink(seconds=lambda _: 0.001)
    replay(sink, late_template(delay=8.0), duration=20, concurrency=2)
    traces: dict[bytes, list[Any]] = {}
    for _, span in sent(sink):
        traces.setdefault(span.trace_id, []).append(span)
    whole = [spans for spans in traces.values() if any(not s.parent_span_id for s in spans)]
    assert len(whole) > 10_000
    for spans in whole:
        root = next(span for span in spans if not span.parent_span_id)
        assert all(span.start_time_unix_nano >= root.start_time_unix_nano for span in spans)
        assert all(span.end_time_unix_nano <= root.end_time_unix_nano for span in spans)


def test_late_roots_are_paid_for_when_they_are_sent() -> None:
    """The rate is that of everything together; what is pending at the end comes behind it."""
    sink = RecordingSink()
    result = replay(sink, late_template(), duration=100, rate_limit={"events_per_second": 50})
    pending = DELAY * 50 * 5 / sum(SPANS)
    assert result.totals.acked == pytest.approx(5000 + pending, abs=30)
    assert result.totals.dropped == 0
    late = [at for at, span in sent(sink) if 20 < at <= 80]
    assert len(late) == pytest.approx(3000, rel=0.02)


def test_what_waits_is_bounded_and_the_rest_dropped() -> None:
    sink = RecordingSink(seconds=lambda _: 0.01)
    result = replay(
        sink, late_template(), multiplier=40, deferred={"max_pending": 6}, concurrency=1,
    )  # fmt: skip
    totals = result.totals
    assert totals.deferred == 40 * 5
    assert totals.deferred_dropped == totals.dropped > 100
    assert_accounted(result)


def test_the_end_waits_for_what_is_pending_but_no_longer_than_asked() -> None:
    waited = replay(RecordingSink(), late_template(), multiplier=2)
    assert waited.seconds == pytest.approx(DELAY, abs=0.1)
    assert waited.totals.dropped == 0
    cut = replay(
        RecordingSink(), late_template(), multiplier=2, deferred={"drain_timeout": "3s"}
    )  # fmt: skip
    assert cut.seconds == pytest.approx(3.0, abs=0.1)
    assert cut.totals.deferred_dropped == cut.totals.deferred == 2 * 5
    assert_accounted(cut)


@pytest.mark.parametrize(("grace", "seconds"), [(3.0, 5.0), (60.0, 9.0)])
def test_a_stop_waits_for_what_is_pending_as_long_as_the_grace_period(
    grace: float, seconds: float
) -> None:
    sink = RecordingSink(seconds=lambda _: 0.01)
    result = replay(sink, late_template(), stop_at=[2.0], grace_period=grace)
    assert result.seconds == pytest.approx(seconds, abs=0.1)
    assert (result.totals.deferred_dropped > 0) is (grace < DELAY)
    assert_accounted(result)


def test_a_stop_while_draining_limits_the_wait() -> None:
    result = replay(
        RecordingSink(), late_template(delay=100.0), multiplier=1, stop_at=[10.0], grace_period=2
    )
    assert result.seconds == pytest.approx(12.0, abs=0.1)
    assert_accounted(result)


@examples(40)
@given(
    rng=sources, group=st.integers(1, 6), batch=st.integers(1, 8), pending=st.integers(0, 40),
    stops=st.lists(st.floats(0.01, 30), max_size=2), rate=st.sampled_from([0, 5, 500]),
    drain=st.sampled_from([0.0, 2.0, 60.0]),
    spans=st.lists(st.integers(1, 5), min_size=1, max_size=12),
)  # fmt: skip
def test_every_late_event_has_one_outcome_whatever_happens(
    rng: Random, group: int, batch: int, pending: int, stops: list[float], rate: float,
    drain: float, spans: list[int],
) -> None:  # fmt: skip
    gone = Delivery("UNAVAILABLE", retryable=True)
    answers = [Delivery(), Delivery(), gone, Delivery("RESOURCE_EXHAUSTED", too_large=True)]
    likely = [rng.choice(answers) for _ in range(3)]
    sink = RecordingSink(
        seconds=lambda _: rng.choice([0.001, 0.5, 9.0]), answer=lambda _: rng.choice(likely)
    )
    result = replay(
        sink, late_template(spans, group), stop_at=sorted(stops), duration=20,
        multiplier=rng.choice([0, 3]), batch_size={"traces": batch}, grace_period=5,
        concurrency=rng.choice([1, 2, 9]), rate_limit={"events_per_second": rate},
        deferred={"max_pending": pending, "drain_timeout": drain},
    )  # fmt: skip
    assert_accounted(result)
    assert result.seconds <= 20 + 5 + drain + 5.1


def test_late_events_that_wait_for_an_endpoint_in_vain_count_as_late_and_dropped() -> None:
    gone = Delivery("UNAVAILABLE", retryable=True)
    sink = RecordingSink(seconds=lambda _: 0.01)
    sink.answer = lambda n: gone if sink.requests[n].began > 3 else Delivery()
    templates = late_template([4, 3, 5, 2])
    result = replay(sink, templates, multiplier=1000, stop_at=[60.0], grace_period=1)
    assert_accounted(result)
    roots = {span.span_id for _, span in sent(sink) if not span.parent_span_id}
    assert roots
    assert result.totals.deferred == result.totals.deferred_dropped + len(roots)
