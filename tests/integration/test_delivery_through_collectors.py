"""Everything that the sender sends arrives exactly once, through collectors that are not ours."""

import json
from pathlib import Path
from typing import Any

import pytest

from integration.delivery import SEED, generate, reconciled, send
from integration.processes import find_otelcol, otelcol, receiver, rotel, wait_until_idle
from telemetry_common.signals import Signal

PASSES = 5
# It answers UNIMPLEMENTED to profiles.
ROTEL_SIGNALS = (Signal.TRACES, Signal.METRICS, Signal.LOGS)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small set of all three signals."""
    return generate(tmp_path_factory.mktemp("set"))


def unlimited(passes: int) -> tuple[str, ...]:
    return (f"sending.multiplier={passes}", "sending.rate_limit.events_per_second=0")


def assert_every_event_arrived(sender_report: Path, receiver_report: Path) -> None:
    """Compare the two reports directly, beside what `reconcile` says."""
    sent, received = json.loads(sender_report.read_text()), json.loads(receiver_report.read_text())
    for signal in ("traces", "metrics", "logs"):
        assert sent["signals"][signal]["acked"] == received["signals"][signal]["events"] > 0
    ledger: dict[str, Any] = received["ledger"]
    assert ledger["unique"] == sent["signals"]["traces"]["sent"]
    assert (ledger["lost"], ledger["duplicated"], ledger["foreign"]) == (0, 0, 0)
    checks = received["checks"]
    assert checks["children_outside_parents"] == checks["unresolved_parents"] == 0


def test_every_event_arrives_once_at_the_receiver(templates: Path, tmp_path: Path) -> None:
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        report = send(templates, peer.address, *unlimited(PASSES), "timestamps.jitter_ms=1000")
        reconciled(report, peer)
    assert_every_event_arrived(report, peer.report_file)


def test_every_event_arrives_once_through_rotel(templates: Path, tmp_path: Path) -> None:
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        with rotel(tmp_path, peer.address) as (agent, address):
            report = send(templates, address, *unlimited(PASSES), signals=ROTEL_SIGNALS)
            wait_until_idle(agent, peer.running)
            agent.stop()
        reconciled(report, peer)
    assert_every_event_arrived(report, peer.report_file)


@pytest.mark.collector
def test_every_event_arrives_once_through_the_collector(templates: Path, tmp_path: Path) -> None:
    binary = find_otelcol()
    if binary is None:
        pytest.skip("no Collector; build it with tests/integration/collector/build")
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        with otelcol(binary, tmp_path, peer.address) as (collector, address):
            report = send(templates, address, *unlimited(PASSES))
            assert collector.stop() == 0
        reconciled(report, peer)
    assert_every_event_arrived(report, peer.report_file)
