"""Requests of text are made ready before a run, so that its first pass is like the others."""

from pathlib import Path

import pytest

from core_support import COMMITTED, COMMITTED_SIGNALS
from json_requests import read_request
from otlp_http_server import PATHS, serving_http
from sender_results import make_config
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.clock import SystemClock
from telemetry_sender.processes import preparing
from telemetry_sender.processes.order import Order, Origin
from telemetry_sender.processes.orders import make_orders
from telemetry_sender.processes.part_replay import PartReplay
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sending.part import Part
from telemetry_sender.text.renderer import Renderer
from template_files import template_of


@pytest.fixture
def templates(tmp_path: Path) -> dict[Signal, Template]:
    files = {name: (COMMITTED / f"small-{name}.pb").read_bytes() for name in COMMITTED_SIGNALS}
    return template_of(tmp_path, files)


def order_for(address: str, templates: dict[Signal, Template], part: Part) -> Order:
    config = make_config(
        input={str(signal): template.path for signal, template in templates.items()},
        otlp={"endpoint": f"http://{address}", "protocol": "http/json"},
        sending={
            "multiplier": 2,
            "batch_size": {"traces": 5, "metrics": 10, "logs": 10},
            "rate_limit": {"events_per_second": 0},
        },
    )
    return make_orders(config, 1, {}, templates, part, 1)[0]


@pytest.mark.parametrize("part", [Part(), Part(1, 2)])
async def test_nothing_is_rendered_while_a_run_goes_on(
    templates: dict[Signal, Template], part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever part of the set a process sends."""
    async with serving_http() as server:
        order, clock = order_for(server.address, templates, part), SystemClock()
        replay = PartReplay(order, templates, RunStats(templates), clock)
        await replay.open()
        with monkeypatch.context() as patch:
            patch.delattr(Renderer, "render")
            await replay.go(Origin(clock.seconds(), clock.unix_nanos()), lambda _: None)
        await replay.close()
    posted = [call for call in server.calls if call.body]
    for call in posted:
        read_request(PATHS[call.path], call.payload)
    assert len(posted) == 2 * sum(map(len, order.owned.values()))


async def test_what_is_not_ready_in_time_is_rendered_when_it_is_sent(
    templates: dict[Signal, Template], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "LONGEST_SECONDS", 0.0)
    async with serving_http() as server:
        order, clock = order_for(server.address, templates, Part()), SystemClock()
        stats = RunStats(templates)
        replay = PartReplay(order, templates, stats, clock)
        await replay.open()
        await replay.go(Origin(clock.seconds(), clock.unix_nanos()), lambda _: None)
        await replay.close()
    assert stats.totals().acked == 2 * sum(order.events.values())
