"""Requests that were stamped as text reach a server that is not ours, whole to the last id."""

import json
from pathlib import Path

import pytest

from integration.delivery import SEED, generate, send, with_profiles
from integration.processes import find_otelcol, otelcol, receiver
from telemetry_common.signals import Signal

PASSES = 5


@pytest.mark.collector
def test_every_event_arrives_once_as_json_through_the_collector(tmp_path: Path) -> None:
    """All four signals; behind the Collector the ids are those that the run's seed gives."""
    binary = find_otelcol()
    if binary is None:
        pytest.skip("no Collector; build it with tests/integration/collector/build")
    templates = with_profiles(generate(tmp_path))
    settings = (
        "otlp.protocol=http/json",
        f"sending.multiplier={PASSES}",
        "sending.rate_limit.events_per_second=0",
    )
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        with otelcol(binary, tmp_path, peer.address, "http") as (collector, address):
            report = json.loads(send(templates, f"http://{address}", *settings).read_text())
            assert collector.stop() == 0
        received = peer.finish()
    for signal in Signal:
        assert received["signals"][signal]["events"] == report["signals"][signal]["acked"] > 0
    ledger = received["ledger"]
    assert ledger["unique"] == report["signals"]["traces"]["sent"]
    assert (ledger["lost"], ledger["duplicated"], ledger["foreign"]) == (0, 0, 0)
    assert received["checks"]["children_outside_parents"] == 0
    assert received["checks"]["unresolved_parents"] == 0
