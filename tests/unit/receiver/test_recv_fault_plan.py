"""When faults strike: a pure function of the request's number, its time and a seeded chance."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.signals import Signal
from telemetry_sender.receiver.faults.actions import Hang, RejectFraction
from telemetry_sender.receiver.faults.options import parse_fault
from telemetry_sender.receiver.faults.plan import HARMLESS, FaultPlan, Ruling
from telemetry_sender.receiver.faults.when import When


def _plan(*faults: str, seed: int = 0) -> FaultPlan:
    return FaultPlan([parse_fault(each).built() for each in faults], seed)


def _struck(plan: FaultPlan, count: int, signal: Signal = Signal.TRACES) -> list[int]:
    """Return the numbers, from 1, of the requests that a fault strikes."""
    return [number for number in range(1, count + 1) if plan.rule(signal, 0.0).faults]


def test_without_faults_every_request_is_harmless() -> None:
    assert FaultPlan().rule(Signal.LOGS, 3.0) is HARMLESS


@pytest.mark.parametrize(
    ("fault", "numbers"),
    [
        ("hang,nth=3", [3, 6, 9]),
        ("hang,first=2", [1, 2]),
        ("hang,nth=2,first=4", [2, 4]),
        ("hang,probability=1", list(range(1, 11))),
        ("hang,signal=logs", []),
    ],
)
def test_requests_are_chosen_by_number(fault: str, numbers: list[int]) -> None:
    assert _struck(_plan(fault), 10) == numbers


def test_only_requests_of_the_signal_are_numbered() -> None:
    plan = _plan("hang,nth=2,signal=logs")
    signals = [Signal.LOGS, Signal.TRACES, Signal.TRACES, Signal.LOGS]
    assert [bool(plan.rule(each, 0.0).faults) for each in signals] == [False, False, False, True]


@pytest.mark.parametrize(
    ("fault", "times"),
    [
        ("hang,from=5s,to=8s", [5, 6, 7]),
        ("hang,from=8s", [8, 9, 10, 11]),
        ("hang,to=2s", [0, 1]),
        ("hang,from=5s,for=2s", [5, 6]),
        ("hang,every=4s,for=1s", [4, 8]),
        ("hang,from=1s,every=4s,for=2s", [1, 2, 5, 6, 9, 10]),
        ("hang,from=0s,every=4s,for=2s,to=9s", [0, 1, 4, 5, 8]),
    ],
)
def test_requests_are_chosen_by_time(fault: str, times: list[int]) -> None:
    plan = _plan(fault)
    assert [second for second in range(12) if plan.rule(Signal.TRACES, second).faults] == times


@given(st.floats(0, 100), st.floats(0.1, 20), st.floats(0.01, 20))
def test_a_window_ends_after_the_request_and_no_later_than_it_lasts(
    elapsed: float, every: float, lasts: float
) -> None:
    end = When(every=every, lasts=lasts).window_end(elapsed)
    assert end is None or elapsed <= end <= elapsed + lasts + 1e-9


@pytest.mark.parametrize(
    ("elapsed", "waits"), [(9.99, 0.0), (10.0, 1.0), (10.75, 0.25), (11.0, 0.0), (20.5, 0.5)]
)
def test_a_stall_waits_until_its_window_ends(elapsed: float, waits: float) -> None:
    ruling = _plan("stall=1s,every=10s").rule(Signal.TRACES, elapsed)
    assert ruling.wait_seconds == pytest.approx(waits)


def test_stalls_pass_at_the_same_time_and_delays_add_up() -> None:
    plan = _plan("stall=3s,from=0s", "stall=1s,from=0s", "delay=2s", "delay=100ms", "slow-read=1s")
    ruling = plan.rule(Signal.TRACES, 0.5)
    assert ruling.wait_seconds == pytest.approx(2.5 + 2.1)
    assert ruling.unread_seconds == 1.0
    assert ruling.ending is None


def test_the_first_ending_that_strikes_counts() -> None:
    plan = _plan("reject=10%,nth=2", "hang")
    assert plan.rule(Signal.TRACES, 0.0) == Ruling(ending=Hang(), faults=("hang",))
    assert plan.rule(Signal.TRACES, 0.0) == Ruling(ending=RejectFraction(0.1), faults=("reject",))


def test_chances_come_near_their_probability_and_repeat_with_the_seed() -> None:
    struck = _struck(_plan("hang,probability=0.1", seed=3), 20_000)
    assert 1_850 < len(struck) < 2_150
    assert _struck(_plan("hang,probability=0.1", seed=3), 20_000) == struck
    assert _struck(_plan("hang,probability=0.1", seed=4), 20_000) != struck


def test_another_fault_behind_it_does_not_change_whom_a_fault_strikes() -> None:
    def hung(*faults: str) -> Sequence[int]:
        plan = _plan(*faults)
        return [n for n in range(500) if "hang" in plan.rule(Signal.TRACES, 0.0).faults]

    assert hung("hang,probability=0.2") == hung(
        "hang,probability=0.2", "delay=1ms..9ms,probability=0.5"
    )


def test_random_delays_fill_their_range() -> None:
    plan = _plan("delay=10ms..80ms")
    waits = [plan.rule(Signal.TRACES, 0.0).wait_seconds for _ in range(1_000)]
    assert 0.010 <= min(waits) < 0.012
    assert 0.078 < max(waits) <= 0.080
    assert sum(waits) / len(waits) == pytest.approx(0.045, abs=0.003)


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_a_share_is_rounded_up_and_never_exceeds_the_request(events: int, percent: int) -> None:
    rejected = RejectFraction(percent / 100).of(events)
    assert rejected == -(-events * percent // 100)
