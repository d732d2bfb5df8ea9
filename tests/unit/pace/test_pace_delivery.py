"""What is sent follows the shape that was asked for, and shows where the endpoint does not."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from otlp_events import events_in, holders_of
from replays import RecordingSink, committed_templates, replay
from sender_results import make_config
from telemetry_common.signals import Signal
from telemetry_sender.config.named_shapes import described
from telemetry_sender.pace.kinds import load_of
from telemetry_sender.pace.shape import LoadShape
from whole_feeds import cut_feeds

SEED = 5
BATCHES = {"traces": 3, "metrics": 25, "logs": 25}
SECONDS = 60
SHAPES: Mapping[str, Any] = {
    "constant": {"kind": "constant", "rate": 800},
    "ramp": {"kind": "ramp", "from": 20, "to": 2000, "over": 60},
    "steps": {"kind": "steps", "from": 200, "to": 1400, "by": 300, "each": 12},
    "stages": {"kind": "stages", "stages": [{"to": 900, "over": 20}, {"to": 100, "over": 30}]},
    "sine": {"kind": "sine", "low": 100, "high": 1500, "period": 20},
    "square": {"kind": "square", "low": 0, "high": 1600, "period": 14},
    "burst": {"kind": "burst", "base": 100, "peak": 3000, "every": 15, "for": 3},
    "spike": {"kind": "spike", "base": 150, "peak": 3000, "at": 20, "rise": 2, "for": 5},
    "sawtooth": {"kind": "sawtooth", "low": 50, "high": 1500, "period": 17},
    "random_walk": {"kind": "random_walk", "low": 50, "high": 1500, "period": 10},
    "diurnal": {"kind": "diurnal", "low": 50, "high": 2500, "period": 60},
}


def sent_at(sink: RecordingSink) -> tuple[np.ndarray, np.ndarray]:
    """Return when each request began, and the events sent up to it."""
    events = [
        sum(events_in(each.signal, holder) for holder in holders_of(each.signal, each.payload))
        for each in sink.requests
    ]
    return np.array([each.began for each in sink.requests]), np.cumsum(events)


def largest_block(**sending: Any) -> int:
    config = make_config(sending=sending)
    return max(feed.largest_block for feed in cut_feeds(config, committed_templates()))


def followed(shape: LoadShape, sink: RecordingSink, most: int) -> None:
    """Check every tenth of a second: less than a block is missing, and nothing is early."""
    began, totals = sent_at(sink)
    for moment in np.arange(0.1, SECONDS, 0.1).tolist():
        sent = int(totals[np.searchsorted(began, moment, "right") - 1]) if began[0] <= moment else 0
        assert sent <= shape.events(moment) + 1e-3
        # The loop's timer may be a millisecond late.
        assert sent >= shape.events(moment - 0.002) - most


@pytest.mark.parametrize("kind", SHAPES)
def test_what_is_sent_follows_the_shape(kind: str) -> None:
    """In sum, and at every moment to less than a block."""
    sink = RecordingSink(seconds=lambda number: 0.05 * (number % 3))
    sending = {"shape": SHAPES[kind], "batch_size": BATCHES, "duration": SECONDS}
    result = replay(sink, concurrency=40, **sending)
    setting = make_config(sending=sending).sending.shape
    assert setting is not None
    shape = load_of(described(setting), seed=SEED)
    error = abs(result.totals.acked / shape.events(SECONDS) - 1)
    assert error <= (0.005 if kind == "constant" else 0.01)
    assert result.totals.dropped == 0
    followed(shape, sink, largest_block(**sending))


@pytest.mark.parametrize("arrivals", ["even", "poisson"])
@pytest.mark.parametrize("duration", [0, 60])
@pytest.mark.parametrize("first", [500, 301.7])
def test_a_shape_that_ends_ends_the_run(first: float, duration: int, arrivals: str) -> None:
    """All that it asks for is sent, whether or not a duration says more."""
    result = replay(
        RecordingSink(), shape={"kind": "ramp", "from": first, "to": 0, "over": 10},
        duration=duration, batch_size=BATCHES, rate_limit={"arrivals": arrivals},
    )  # fmt: skip
    assert result.seconds == pytest.approx(10, abs=2)
    assert result.totals.acked == pytest.approx(5 * first, rel=0.01 if arrivals == "even" else 0.3)
    assert result.totals.dropped == 0


def test_signals_with_rates_of_their_own_each_keep_theirs() -> None:
    sink = RecordingSink()
    result = replay(
        sink, rate_limit={"events_per_second": 300, "signals": {"metrics": 40, "logs": 700}},
        duration=30, batch_size=BATCHES,
    )  # fmt: skip
    found = {signal: result.stats.of(signal).acked / 30 for signal in committed_templates()}
    assert found == {
        Signal.TRACES: pytest.approx(300, abs=1.5),
        Signal.METRICS: pytest.approx(40, abs=0.5),
        Signal.LOGS: pytest.approx(700, abs=1),
    }


def test_poisson_arrivals_deliver_the_rate_in_irregular_steps() -> None:
    sink = RecordingSink()
    result = replay(
        sink, rate_limit={"events_per_second": 1000, "arrivals": "poisson"}, duration=120,
        batch_size={"traces": 1, "metrics": 10, "logs": 10},
    )  # fmt: skip
    began, _ = sent_at(sink)
    assert result.totals.acked == pytest.approx(120_000, rel=4 / np.sqrt(len(began)))
    gaps = np.diff(began)
    even = RecordingSink()
    replay(
        even, rate_limit={"events_per_second": 1000}, duration=20,
        batch_size={"traces": 1, "metrics": 10, "logs": 10},
    )  # fmt: skip
    regular = np.diff(sent_at(even)[0])
    assert gaps.std() / gaps.mean() > 0.9
    assert regular.std() / regular.mean() < 0.6


def test_a_stall_shows_in_the_response_time_and_not_in_the_service_time() -> None:
    """A server that answers nothing for one second in ten, and a sender with one connection.

    One request of a stall takes a second; those that were to be sent meanwhile wait before it. So
    of a thousand service times ten are long and the 99th percentile knows nothing of the stall,
    while a tenth of all users waited.
    """
    sink = RecordingSink()

    def seconds(number: int) -> float:
        into = sink.requests[number].began % 10
        return 10.0 - into + 0.002 if into >= 9 else 0.002

    sink.seconds = seconds
    result = replay(
        sink, rate_limit={"events_per_second": 4000}, duration=98, concurrency=3,
        batch_size={"traces": 2, "metrics": 20, "logs": 20},
    )  # fmt: skip
    service, response = result.stats.latency()
    assert result.totals.dropped == 0
    assert service.p99 is not None
    assert service.p99 < 20
    assert response.p99 is not None
    assert 800 < response.p99 < 1100
    assert response.p90 is not None
    assert 0 < response.p90 < 900
