"""The pacers of a run: one for all signals or one each, shares of processes, arrivals."""

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from telemetry_common.signals import Signal
from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.pace.arrivals import poisson_gaps
from telemetry_sender.pace.build import largest_batch, make_pacers
from telemetry_sender.pace.pacer import SchedulePacer
from telemetry_sender.pace.pacers import Pacers
from telemetry_sender.pace.shape import ConstantLoad

EVENTS = {Signal.TRACES: 600, Signal.METRICS: 300, Signal.LOGS: 100}
LARGEST = {Signal.TRACES: 60, Signal.METRICS: 30, Signal.LOGS: 10}


def pacers(
    sending: Mapping[str, Any], events: Mapping[Signal, int] = EVENTS, **more: Any
) -> Pacers:
    return make_pacers(SendingConfig.model_validate(sending), events, seed=5, **more)


def rate(limit: Any, **more: Any) -> dict[str, Any]:
    return {"rate_limit": {"events_per_second": limit, **more}}


def test_signals_share_one_schedule() -> None:
    found = pacers(rate(100))
    assert found.in_step
    assert found.of(Signal.TRACES) is found.of(Signal.LOGS)
    assert found.of(Signal.TRACES).admit(100, 0.0) == 1
    assert found.of(Signal.LOGS).admit(50, 0.0) == 1.5
    assert found.due(10.0) == 1000


def test_a_signal_with_a_rate_of_its_own_has_a_schedule_of_its_own() -> None:
    """The others share the common one; nothing keeps step any more."""
    found = pacers(rate(100, signals={"metrics": 10}))
    assert not found.in_step
    assert found.of(Signal.TRACES) is found.of(Signal.LOGS)
    assert found.of(Signal.METRICS).admit(100, 0.0) == 10
    assert found.of(Signal.TRACES).admit(100, 0.0) == 1
    assert found.due(10.0) == 1100


@pytest.mark.parametrize("limit", [0, -1])
def test_a_signal_may_be_without_a_limit(limit: float) -> None:
    found = pacers(rate(100, signals={"logs": limit}))
    assert found.of(Signal.LOGS).admit(10**9, 3.0) == 3.0
    assert found.of(Signal.TRACES).admit(100, 0.0) == 1
    assert found.due(10.0) == 1000


def test_without_any_limit_nothing_is_due() -> None:
    found = pacers(rate(0))
    assert found.due(10.0) is None
    assert found.overdue(10.0, EVENTS, LARGEST) == dict.fromkeys(EVENTS, 0)


def test_what_is_overdue_of_a_shared_schedule_is_split_like_the_set() -> None:
    found = pacers(rate(100))
    assert found.overdue(5.0, EVENTS, LARGEST) == {
        Signal.TRACES: 300, Signal.METRICS: 150, Signal.LOGS: 50,
    }  # fmt: skip


def test_less_than_the_largest_block_is_not_overdue_yet() -> None:
    assert sum(pacers(rate(100)).overdue(0.59, EVENTS, LARGEST).values()) == 0
    assert sum(pacers(rate(100)).overdue(0.61, EVENTS, LARGEST).values()) == 61


def test_a_signal_without_events_owes_none() -> None:
    """As in a process to which no block of it fell."""
    own = {Signal.TRACES: 300, Signal.METRICS: 0, Signal.LOGS: 0}
    found = pacers(rate(100, signals={"metrics": 10}), own)
    assert found.overdue(5.0, own, {**LARGEST, Signal.METRICS: 0, Signal.LOGS: 0}) == {
        Signal.TRACES: 500, Signal.METRICS: 0, Signal.LOGS: 0,
    }  # fmt: skip


def test_what_is_overdue_of_one_schedule_each_is_that_of_the_signal() -> None:
    """What lies within the burst of two seconds is owed where it fills a block."""
    found = pacers(rate(90, signals={"metrics": 10, "logs": 3}))
    assert found.overdue(5.0, EVENTS, LARGEST) == {
        Signal.TRACES: 450, Signal.METRICS: 30, Signal.LOGS: 9,
    }  # fmt: skip


def test_processes_get_the_share_of_their_events() -> None:
    """By signal where it has a rate of its own, so that all end their passes together."""
    own = {Signal.TRACES: 300, Signal.METRICS: 75, Signal.LOGS: 0}
    found = pacers(rate(1000), own, whole=EVENTS)
    assert found.due(10.0) == pytest.approx(3750)
    found = pacers(rate(1000, signals={"metrics": 100}), own, whole=EVENTS)
    assert found.of(Signal.METRICS).due(10.0) == pytest.approx(250)
    assert found.of(Signal.TRACES).due(10.0) == pytest.approx(10_000 * 300 / 700)


def test_a_process_without_events_of_a_signal_is_not_asked_for_any() -> None:
    own = {Signal.TRACES: 300, Signal.METRICS: 0, Signal.LOGS: 0}
    found = pacers(rate(1000, signals={"metrics": 100}), own, whole=EVENTS)
    assert found.of(Signal.METRICS).due(10.0) is None


def test_processes_walk_the_same_random_walk() -> None:
    shape = {"shape": {"kind": "random_walk", "low": 100, "high": 5000, "period": 60}}
    halves = dict.fromkeys(EVENTS, 100)
    whole = dict.fromkeys(EVENTS, 200)
    parts = [pacers(shape, halves, whole=whole, part=part) for part in (0, 1)]
    together = pacers(shape, whole)
    for elapsed in (3.0, 77.0, 500.0):
        due = [part.due(elapsed) for part in parts]
        assert due[0] == due[1]
        assert sum(map(float, filter(None, due))) == pytest.approx(together.due(elapsed))


def test_gaps_of_poisson_arrivals_are_exponential() -> None:
    """Mean 1, variance 1, and as many above each bound as e to the minus of it."""
    gaps = np.array(list(itertools.islice(poisson_gaps(7), 100_000)))
    assert gaps.mean() == pytest.approx(1, abs=0.015)
    assert gaps.var() == pytest.approx(1, abs=0.05)
    for bound in (0.1, 1, 3):
        assert np.mean(gaps > bound) == pytest.approx(math.exp(-bound), abs=0.006)


def test_poisson_arrivals_keep_the_rate_within_their_noise() -> None:
    """10,000 requests of 10 events: the last is due within four standard deviations."""
    pacer = SchedulePacer(ConstantLoad(1000), 2.0, poisson_gaps(3))
    due = [0.0]
    for _ in range(10_000):
        due.append(pacer.admit(10, due[-1]))
    assert due[-1] == pytest.approx(100, abs=4 * 0.01 * math.sqrt(10_000))
    gaps = np.diff(due)
    assert gaps.var() == pytest.approx(0.01**2, rel=0.06)


def test_poisson_arrivals_repeat_with_the_seed_and_differ_between_processes() -> None:
    def due(part: int) -> list[float]:
        pacer = pacers(rate(1000, arrivals="poisson"), part=part).of(Signal.LOGS)
        return [pacer.admit(10, 0.0) for _ in range(50)]

    assert due(0) == due(0)
    assert due(0) != due(1)


def test_the_room_for_a_poisson_arrival_is_what_fits_before_the_end() -> None:
    pacer = SchedulePacer(ConstantLoad(100), 2.0, poisson_gaps(11))
    for _ in range(200):
        room = int(pacer.room(1000.0, 0.0))
        assert pacer.admit(min(room, 50), 0.0) <= 1000.0 + 1e-6


@pytest.mark.parametrize(
    ("sending", "signal", "most"),
    [
        (rate(0), Signal.LOGS, None),
        (rate(100), Signal.LOGS, 200),
        (rate(100, signals={"logs": 7}), Signal.LOGS, 14),
        (rate(100, signals={"logs": 7}), Signal.TRACES, 200),
        (rate(0.01), Signal.LOGS, 1),
        ({"shape": "spike"}, Signal.LOGS, 400),
        ({"shape": {"kind": "ramp", "to": 50_000, "over": 60}}, Signal.LOGS, 1000),
        (rate("adaptive"), Signal.LOGS, 20_000),
    ],
)
def test_requests_are_no_larger_than_the_slowest_schedule_can_follow(
    sending: dict[str, Any], signal: Signal, most: int | None
) -> None:
    """Of a burst at the lowest rate, or at a hundredth of the highest where it goes lower."""
    assert largest_batch(SendingConfig.model_validate(sending), signal) == most
