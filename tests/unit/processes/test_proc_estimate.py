"""Before a run into files begins, it is known about how much it will write."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from replays import SEED, committed_templates
from sender_results import make_config
from telemetry_common.errors import UsageError
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.clock import SystemClock
from telemetry_sender.processes.estimate import Weights, check_room, weigh
from telemetry_sender.processes.order import Order
from telemetry_sender.processes.orders import make_orders
from telemetry_sender.processes.outlet import make_outlet
from telemetry_sender.sending.part import WHOLE

PLAIN: Mapping[Signal, Template] = committed_templates()


def order(count: int = 1, *, sinks: Any, **sending: Any) -> list[Order]:
    config = make_config(sinks=sinks, sending=sending)
    return make_orders(config, SEED, {}, PLAIN, WHOLE, count)


def test_events_are_weighed_in_every_form_that_they_will_have(tmp_path: Path) -> None:
    plain = {"name": "ndjson", "options": {"directory": str(tmp_path / "a")}}
    packed = {
        "name": "ndjson",
        "options": {"directory": str(tmp_path / "b"), "compression": "gzip"},
    }
    (whole,) = order(sinks=[plain, packed, "discard"], multiplier=1)
    weights = weigh([whole], PLAIN, SystemClock(), make_outlet(whole, PLAIN))
    lines, members = weights.on_disk[tmp_path / "a"], weights.on_disk[tmp_path / "b"]
    for signal in PLAIN:
        assert 0 < members[signal] < lines[signal] < weights.total[signal]
        # The third form, which leaves nothing, counts in all that is written.
        assert weights.total[signal] > lines[signal] + members[signal]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("sending", "line"),
    [
        ({"multiplier": 3}, "about 3.2 KB to write"),
        ({"size": 5000}, "about 4.9 KB to write"),
        ({"size": 5000, "multiplier": 3}, "about 3.2 KB to write"),
        ({"duration": "3s"}, "1.1 KB a pass"),
    ],
)
def test_it_says_how_much_will_be_written(
    tmp_path: Path, sending: dict[str, Any], line: str
) -> None:
    orders = order(sinks={"name": "csv", "options": {"directory": str(tmp_path)}}, **sending)
    events = orders[0].events[Signal.TRACES]
    each = {Signal.TRACES: 1100 / events}
    (said,) = check_room(orders, Weights(each, {tmp_path: each}))
    assert line in said
    assert said.endswith(" free")


def test_a_size_is_shared_out_among_sinks_and_processes(tmp_path: Path) -> None:
    sinks = {"name": "csv", "options": {"directory": str(tmp_path)}}
    batch_size = {"traces": 5, "metrics": 10, "logs": 10}
    orders = order(2, sinks=sinks, size=10_000, batch_size=batch_size)
    assert sum(each.size for each in orders) == pytest.approx(10_000)
    big, small = {Signal.TRACES: 3.0}, {Signal.TRACES: 1.0}
    weights = Weights({Signal.TRACES: 4.0}, {tmp_path / "a": big, tmp_path / "b": small})
    first, second = check_room(orders, weights)
    assert "about 7.3 KB" in first
    assert "about 2.4 KB" in second


def test_what_cannot_fit_is_refused(tmp_path: Path) -> None:
    (whole,) = order(sinks={"name": "csv", "options": {"directory": str(tmp_path)}}, multiplier=1)
    weights = {Signal.TRACES: float(1 << 60)}
    with pytest.raises(UsageError, match=r"to write, and .* are free"):
        list(check_room([whole], Weights(weights, {tmp_path: weights})))


def test_a_run_that_may_end_before_is_not_refused(tmp_path: Path) -> None:
    sinks = {"name": "csv", "options": {"directory": str(tmp_path)}}
    (whole,) = order(sinks=sinks, multiplier=1, duration="3s")
    weights = {Signal.TRACES: float(1 << 60)}
    (said,) = check_room([whole], Weights(weights, {tmp_path: weights}))
    assert "to write" in said


def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    sinks = {"name": "csv", "options": {"directory": str(tmp_path)}}
    orders, weights = order(sinks=sinks, multiplier=1), {Signal.TRACES: 1.0}
    with pytest.raises(UsageError, match="file name too long; choose another directory"):
        list(check_room(orders, Weights(weights, {tmp_path / ("x" * 300): weights})))


@pytest.mark.parametrize("signal", list(PLAIN))
def test_a_signal_that_only_one_of_the_processes_sends_is_weighed_too(
    tmp_path: Path, signal: Signal
) -> None:
    sinks = {"name": "csv", "options": {"directory": str(tmp_path)}}
    few = {str(each): 2 for each in PLAIN} | {str(signal): 100_000}
    orders = order(3, sinks=sinks, size=10_000, batch_size=few)
    assert len(orders) == 3
    assert not orders[0].owned[signal]
    weights = weigh(orders, PLAIN, SystemClock(), make_outlet(orders[0], PLAIN))
    assert weights.total.keys() == weights.on_disk[tmp_path].keys() == PLAIN.keys()
