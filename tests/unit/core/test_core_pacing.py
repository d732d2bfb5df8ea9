"""The pacer: no opening burst, never above the rate, exact in the long run, losses counted."""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry_sender.pace.pacer import NoPacer, SchedulePacer
from telemetry_sender.pace.shape import ConstantLoad

# Powers of ten from 0.1 to 1e7 events a second, times something.
rates = st.floats(-1, 7).map(lambda power: 10**power)
batches = st.lists(st.integers(1, 10_000), min_size=1, max_size=60)
bursts = st.floats(0.01, 60)
properties = settings(max_examples=150, deadline=None)


def punctual(rate: float, burst: float, events: Sequence[int]) -> list[float]:
    """Return when each batch is due if every one is taken as soon as the one before was due."""
    pacer, now, due = SchedulePacer(ConstantLoad(rate), burst), 0.0, []
    for count in events:
        now = pacer.admit(count, now)
        due.append(now)
    return due


@properties
@given(rate=rates, burst=bursts, events=st.integers(1, 10_000))
def test_the_first_batch_waits_its_full_time(rate: float, burst: float, events: int) -> None:
    pacer = SchedulePacer(ConstantLoad(rate), burst)
    assert pacer.admit(events, 0.0) == pytest.approx(events / rate)


@properties
@given(rate=rates, burst=bursts, events=batches)
def test_punctual_batches_are_due_exactly_at_the_rate(
    rate: float, burst: float, events: list[int]
) -> None:
    due, total = punctual(rate, burst, events), 0
    for moment, count in zip(due, events, strict=True):
        total += count
        assert moment == pytest.approx(total / rate, rel=1e-9)


@properties
@given(
    rate=rates, burst=bursts, events=batches,
    lateness=st.lists(st.floats(0, 100), min_size=60, max_size=60),
)  # fmt: skip
def test_never_more_than_the_rate_is_due_and_what_was_lost_is_overdue(
    rate: float, burst: float, events: list[int], lateness: list[float]
) -> None:
    """Callers late by any amount: due events keep the rate, and due and lost ones add up."""
    pacer, now, admitted = SchedulePacer(ConstantLoad(rate), burst), 0.0, 0
    for count, late in zip(events, lateness, strict=False):
        due = pacer.admit(count, now)
        admitted += count
        assert admitted <= due * rate * (1 + 1e-9) + 1e-6
        assert due > now - burst
        now = max(now, due) + late
    everything = admitted + pacer.overdue(now, batch=1)
    unfilled = now * rate - everything
    assert -1e-6 * everything - 1e-6 <= unfilled < 1 + 1e-6 * everything


@properties
@given(rate=rates, late=st.floats(0, 0.99), burst=bursts)
def test_callers_that_are_late_within_the_burst_do_not_slow_the_rate(
    rate: float, late: float, burst: float
) -> None:
    """Each batch is taken late; the schedule does not move, so the last one is due on time."""
    pacer, count, due = SchedulePacer(ConstantLoad(rate), burst), max(1, int(rate * burst / 2)), 0.0
    for number in range(1, 200):
        due = pacer.admit(count, due + late * burst)
        assert due == pytest.approx(number * count / rate, rel=1e-9)
    assert pacer.overdue(due, batch=1) == 0


@properties
@given(rate=rates, burst=bursts, pause=st.floats(1, 1000))
def test_catching_up_after_a_pause_is_limited_to_the_burst(
    rate: float, burst: float, pause: float
) -> None:
    """The events of one burst are due at once; the rest of the pause is lost and counted."""
    pacer = SchedulePacer(ConstantLoad(rate), burst)
    now = burst + pause
    at_once = 0
    while pacer.admit(1, now) <= now and at_once < 2000:
        at_once += 1
    assert at_once == pytest.approx(min(2000, math.floor(rate * burst)), abs=1)
    assert pacer.overdue(now, batch=10**9) == pytest.approx(rate * pause, rel=1e-6)


def test_a_whole_day_at_a_million_a_second_stays_exact() -> None:
    pacer = SchedulePacer(ConstantLoad(1e6), 2.0)
    due = 0.0
    for _ in range(86_400):
        due = pacer.admit(1_000_000, due)
    assert due == pytest.approx(86_400, abs=1e-6)


@properties
@given(rate=rates, end=st.floats(0.1, 1000), events=batches)
def test_room_is_what_may_still_become_due_before_the_end(
    rate: float, end: float, events: list[int]
) -> None:
    """A batch that fills the room is due at the end, and then there is none left."""
    pacer, now = SchedulePacer(ConstantLoad(rate), 2.0), 0.0
    for count in events:
        if count > pacer.room(end, now):
            break
        now = pacer.admit(count, now)
        assert now <= end * (1 + 1e-9)
    left = int(pacer.room(end, now))
    if left:
        assert pacer.admit(left, now) <= end * (1 + 1e-9)
    assert pacer.room(end, now) < 1 + 1e-6 * rate * end
    assert pacer.room(end, end) < 1 + 1e-6 * rate * end


def test_room_without_an_end_is_endless() -> None:
    assert SchedulePacer(ConstantLoad(10.0), 2.0).room(math.inf, 5.0) == math.inf


def test_less_than_a_batch_is_not_overdue() -> None:
    """At the end of a run the schedule stands somewhere between two batches."""
    pacer = SchedulePacer(ConstantLoad(100.0), 2.0)
    pacer.admit(50, 0.0)
    assert pacer.overdue(1.0, batch=51) == 0
    assert pacer.overdue(1.0, batch=50) == pytest.approx(50)


def test_asking_what_is_overdue_changes_nothing() -> None:
    pacer = SchedulePacer(ConstantLoad(100.0), 2.0)
    assert [pacer.overdue(10.0, batch=1) for _ in range(3)] == [pytest.approx(1000)] * 3
    assert pacer.admit(100, 10.0) == pytest.approx(9.0)


def test_without_a_pacer_everything_is_due_at_once_until_the_end() -> None:
    pacer = NoPacer()
    assert pacer.admit(10_000, 3.5) == 3.5
    assert pacer.room(10.0, 9.99) == math.inf
    assert pacer.room(10.0, 10.0) == 0
    assert pacer.room(math.inf, 1e9) == math.inf
    assert pacer.overdue(100.0, batch=1) == 0


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_a_load_without_a_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        ConstantLoad(rate)
