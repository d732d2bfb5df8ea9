"""What the sender stamps is told apart exactly, whichever requests get lost or come again."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_support import COMMITTED
from replays import SEED, RecordingSink, Request, committed_templates, replay
from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.template_index import TemplateIndex, load_template_index

PASSES = 5
MOST_REPEATS = 3
SIGNALS = list(committed_templates())


@cache
def _index() -> TemplateIndex:
    return load_template_index(COMMITTED)


@cache
def _requests(jitter_ms: int) -> list[Request]:
    """Return the requests of a replay, in the order of sending."""
    sink = RecordingSink(seconds=lambda _: 0.001)
    replay(
        sink,
        multiplier=PASSES,
        batch_size={"traces": 7, "metrics": 50, "logs": 30},
        timestamps={"jitter_ms": jitter_ms},
    )
    return sink.requests


def _events(request: Request) -> int:
    counting = CheckingIntake()
    counting.take(request.signal, request.payload)
    return counting.tally.signals[request.signal].events


def _arriving(requests: list[Request], arrivals: list[int]) -> Iterator[Request]:
    """Yield each request as often as it arrives; the second time after the next request."""
    waiting: list[Request] = []
    for request, times in zip(requests, arrivals, strict=True):
        yield from [request] * min(times, 1)
        yield from waiting
        waiting = [request] * max(0, times - 1)
    yield from waiting


@pytest.mark.parametrize("jitter_ms", [0, 100])
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_lost_and_repeated_requests_are_told_apart(jitter_ms: int, data: st.DataObject) -> None:
    requests = _requests(jitter_ms)
    times = st.lists(st.integers(0, MOST_REPEATS), min_size=len(requests), max_size=len(requests))
    arrivals = data.draw(times)
    intake = CheckingIntake(Ledger(_index(), SEED))
    unique: Counter[Signal] = Counter()
    for request, count in zip(requests, arrivals, strict=True):
        unique[request.signal] += _events(request) * min(count, 1)
    for request in _arriving(requests, arrivals):
        intake.take(request.signal, request.payload)
    for signal in SIGNALS:
        counts = _counts(intake, signal)
        total = intake.tally.signals[signal].events
        assert counts == (unique[signal], total - unique[signal], 0), signal
    assert intake.books.lines.falling_sums == intake.books.lines.moved_starts == 0


def _counts(intake: CheckingIntake, signal: Signal) -> tuple[int, int, int]:
    """Return what is unique, duplicated and foreign."""
    if signal is Signal.TRACES:
        assert intake.ledger is not None
        spans = intake.ledger.counts
        return intake.ledger.unique, spans.duplicated, spans.foreign
    counts = intake.books.counts[signal]
    assert (counts.undecided, counts.untracked, counts.unidentified) == (0, 0, 0)
    return counts.unique, counts.duplicated, counts.foreign


def test_whole_passes_leave_no_stream_behind() -> None:
    intake = CheckingIntake(Ledger(_index(), SEED))
    for request in _requests(100):
        intake.take(request.signal, request.payload)
    for ledger in (intake.books.points, intake.books.records):
        assert ledger is not None
        assert ledger.passes_seen() == PASSES
        assert ledger.behind().events == 0
    assert intake.books.points.out_of_order == 0
