"""The rate that adapts itself: finds what an endpoint bears, keeps its response time, follows it.

The endpoint is a queue of known capacity (events a second), in virtual time, behind the whole
sending pipeline.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import pytest

from otlp_events import events_in, holders_of
from replays import RecordingSink, replay
from telemetry_sender.config.pace import AdaptiveConfig
from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.pace.adaptive import Controller
from telemetry_sender.pace.changing import AdaptiveLoad
from telemetry_sender.sinks.delivery import Delivery

BATCHES = {"traces": 2, "metrics": 20, "logs": 20}
ADAPTIVE = {"start": 200, "lowest": 5, "highest": 100_000, "target_response": "200ms"}
REFUSED = Delivery("INVALID_ARGUMENT", message="too much")


@dataclass
class Queue:
    """An endpoint that works off `capacity` events a second, one request after another."""

    capacity: Callable[[float], float]
    longest: float = float("inf")
    """Seconds of waiting from which on it refuses."""
    noise: float = 0.0

    def __post_init__(self) -> None:
        self.rng = Random(4)
        self.free = 0.0
        self.refused: set[int] = set()
        self.sink = RecordingSink(seconds=self.seconds, answer=self.answer)
        self.events: list[int] = []

    def seconds(self, number: int) -> float:
        request = self.sink.requests[number]
        now = request.began
        self.events.append(
            sum(events_in(request.signal, h) for h in holders_of(request.signal, request.payload))
        )
        if self.free - now > self.longest:
            self.refused.add(number)
            return 0.005
        share = 1 + self.noise * self.rng.uniform(-1, 1)
        self.free = max(self.free, now) + self.events[-1] / self.capacity(now) * share
        return self.free - now + 0.005

    def answer(self, number: int) -> Delivery:
        return REFUSED if number in self.refused else Delivery()

    def rate(self, first: float, last: float) -> float:
        """Return the events sent per second between two moments."""
        began = np.array([request.began for request in self.sink.requests])
        inside = (began >= first) & (began < last)
        return float(np.array(self.events)[inside].sum() / (last - first))

    def response(self, first: float, last: float) -> float:
        """Return the 95th percentile of what requests took between two moments, in seconds."""
        took = [r.ended - r.began for r in self.sink.requests if first <= r.began < last]
        return float(np.quantile(took, 0.95))


def run(queue: Queue, seconds: float, concurrency: int = 400, **settings: Any) -> None:
    adaptive: Mapping[str, Any] = {**ADAPTIVE, **settings}
    limit = {"events_per_second": "adaptive", "adaptive": adaptive}
    replay(
        queue.sink, duration=seconds, rate_limit=limit, batch_size=BATCHES,
        concurrency=concurrency, grace_period=60,
    )  # fmt: skip


@pytest.mark.parametrize(("capacity", "noise"), [(190.0, 0.0), (600.0, 0.0), (600.0, 0.5)])
def test_it_settles_at_what_the_endpoint_bears(capacity: float, noise: float) -> None:
    """From far above and from far below, within 10 %, and answers take what they were to take."""
    queue = Queue(lambda _: capacity, noise=noise)
    run(queue, 140)
    assert queue.rate(70, 140) == pytest.approx(capacity, rel=0.1)
    assert 0.1 < queue.response(70, 140) < 0.4


def test_it_settles_with_few_requests_in_flight() -> None:
    """What waits in the sender counts as response time, so the rate comes down to what goes out."""
    queue = Queue(lambda _: 500.0)
    run(queue, 140, concurrency=3)
    assert queue.rate(70, 140) == pytest.approx(500, rel=0.1)


def test_it_follows_an_endpoint_that_loses_half_of_its_capacity_and_gets_it_back() -> None:
    queue = Queue(lambda now: 250.0 if 60 <= now < 150 else 500.0)
    run(queue, 210)
    assert queue.rate(40, 60) == pytest.approx(500, rel=0.1)
    assert queue.rate(120, 150) == pytest.approx(250, rel=0.1)
    assert queue.rate(180, 210) == pytest.approx(500, rel=0.1)
    assert queue.response(120, 150) < 0.4
    assert queue.response(180, 210) < 0.4


def test_it_stays_where_an_endpoint_begins_to_refuse() -> None:
    """Its answers are quick, so refusals alone tell; a few in a hundred are left."""
    queue = Queue(lambda _: 500.0, longest=0.05)
    run(queue, 140)
    assert queue.rate(70, 140) == pytest.approx(500, rel=0.1)
    began = [request.began for request in queue.sink.requests]
    late = [number for number, moment in enumerate(began) if moment > 70]
    assert 0 < len(queue.refused & set(late)) < 0.1 * len(late)


def test_it_goes_no_further_than_its_bounds() -> None:
    quick = Queue(lambda _: 1e9)
    run(quick, 60, highest=400)
    assert quick.rate(40, 60) == pytest.approx(400, rel=0.02)
    slow = Controller.of(settings(lowest=300), 1.0)
    assert [answered(slow, second, 9.0) for second in range(1, 9)][-1] == 300


def settings(**changes: Any) -> AdaptiveConfig:
    return AdaptiveConfig.model_validate({"start": 1000, "target_response": 0.2, **changes})


def answered(controller: Controller, second: int, response: float, *, ok: bool = True) -> float:
    """Let an interval of ten answers end at this second; return the rate."""
    for number in range(10):
        controller.answered(second - 1 + (number + 1) / 10, response, ok=ok)
    return controller.rate


def test_the_rate_changes_once_an_interval() -> None:
    controller = Controller.of(settings(), 1.0)
    found = [controller.answered(0.25 * number, 0.001, ok=True) for number in range(1, 9)]
    assert [rate is not None for rate in found] == [False] * 4 + [True] + [False] * 3


def test_too_few_answers_decide_nothing() -> None:
    controller = Controller.of(settings(), 1.0)
    assert [controller.answered(5.0 + number, 9.0, ok=True) for number in range(4)] == [None] * 4
    assert controller.rate == 1000


def test_it_rises_with_the_room_that_is_left_and_stays_at_the_target() -> None:
    controller = Controller.of(settings(increase=0.1), 1.0)
    assert answered(controller, 1, 0.0) == pytest.approx(1100)
    controller = Controller.of(settings(increase=0.1), 1.0)
    assert answered(controller, 1, 0.1) == pytest.approx(1050)
    controller = Controller.of(settings(), 1.0)
    assert [answered(controller, second, 0.2) for second in range(1, 5)] == [1000] * 4


def test_a_growing_response_time_says_by_how_much_the_load_is_too_high() -> None:
    """Growing by a tenth of a second a second: a tenth too much, wherever it stands."""
    controller = Controller.of(settings(), 1.0)
    answered(controller, 1, 0.2)
    rate = answered(controller, 2, 0.3)
    assert rate == pytest.approx(1000 * (1 - 0.1 - 0.05 * 0.5))


def test_it_falls_by_no_more_than_it_may() -> None:
    controller = Controller.of(settings(decrease=0.3), 1.0)
    assert answered(controller, 1, 50.0) == pytest.approx(700)
    assert answered(controller, 2, 50.0, ok=False) == pytest.approx(490)


def test_a_process_adapts_its_own_share() -> None:
    controller = Controller.of(settings(lowest=100, highest=2000), 0.25)
    assert (controller.rate, controller.lowest, controller.highest) == (250, 25, 500)


def test_a_load_that_changes_keeps_its_past() -> None:
    """However often it changes: what is behind a burst is given up, nothing else."""
    load = AdaptiveLoad(Controller.of(settings(start=100, lowest=1, increase=0.1), 1.0))
    assert load.events(2.0) == 200
    rates = [100.0]
    for second in range(1, 6001):
        for number in range(10):
            load.answered(second - 1 + (number + 1) / 10, 0.4 if second % 3 else 0.0, ok=True)
        rates.append(load.rate(second))
    for second in (5999, 5990, 5000):
        gained = load.events(second + 1) - load.events(second)
        assert gained == pytest.approx(rates[second], rel=1e-6)
        assert load.when(load.events(second + 0.5)) == pytest.approx(second + 0.5)
    assert load.when(load.events(6000) + rates[-1]) == pytest.approx(6001)


def test_the_start_lies_between_the_bounds() -> None:
    with pytest.raises(ValueError, match="not between lowest and highest"):
        SendingConfig.model_validate({"rate_limit": {"adaptive": {"start": 5, "lowest": 6}}})
