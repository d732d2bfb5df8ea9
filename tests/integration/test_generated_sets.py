"""Sets with everything on are accepted by the receiver, by rotel and by the Collector, whole."""

import json
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from everything import everything, shop
from integration.delivery import SEED, reconciled, send
from integration.processes import (
    find_otelcol,
    generator_command,
    otelcol,
    receiver,
    rotel,
    wait_until_idle,
)
from telemetry_common.manifest import find_manifest, load_manifest
from telemetry_common.signals import Signal

PASSES = 3
SETTINGS = (
    f"sending.multiplier={PASSES}",
    "sending.rate_limit.events_per_second=0",
    "timestamps.jitter_ms=1000",
)
# It answers UNIMPLEMENTED to profiles.
ROTEL_SIGNALS = (Signal.TRACES, Signal.METRICS, Signal.LOGS)
# Which signal it takes to see a reference.
REFERENCES = {
    "links": Signal.TRACES,
    "exemplars": Signal.METRICS,
    "logs": Signal.LOGS,
    "samples": Signal.PROFILES,
}
CHECKS = (
    "invalid_trace_ids",
    "invalid_span_ids",
    "invalid_parent_ids",
    "repeated_span_ids",
    "ends_before_starts",
    "unresolved_parents",
    "children_outside_parents",
    "invalid_profile_ids",
    "repeated_profile_ids",
    "malformed_samples",
    "missing_zero_values",
    "broken_indices",
)


@pytest.fixture(scope="module", params=[everything(), shop()], ids=["everything", "shop"])
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set of all four signals, as the command writes it."""
    directory = tmp_path_factory.mktemp("set")
    config = directory / "generator.yaml"
    config.write_text(json.dumps(request.param))
    command = generator_command("--config", config, "--output-dir", directory)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return directory


def assert_all_arrived(
    templates: Path, sender_report: Path, received: Mapping[str, Any], signals: Collection[Signal]
) -> None:
    """Compare both reports with the manifest, beside what `reconcile` says."""
    sent = json.loads(sender_report.read_text())["signals"]
    for signal in signals:
        events = PASSES * load_manifest(find_manifest(templates)).files[signal].events
        assert (sent[signal]["rejected"], sent[signal]["failed"]) == (0, 0)
        assert sent[signal]["acked"] == received["signals"][signal]["events"] == events > 0
    assert {name: received["checks"][name] for name in CHECKS} == dict.fromkeys(CHECKS, 0)
    for name, signal in REFERENCES.items():
        seen = received["checks"]["references"][name]
        assert (seen["invalid"], seen["unresolved"]) == (0, 0), name
        assert (seen["seen"] > 0) == (signal in signals), name


def test_every_signal_arrives_at_the_receiver(templates: Path, tmp_path: Path) -> None:
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        report = send(templates, peer.address, *SETTINGS)
        reconciled(report, peer)
    assert_all_arrived(templates, report, json.loads(peer.report_file.read_text()), list(Signal))


def test_three_signals_arrive_through_rotel(templates: Path, tmp_path: Path) -> None:
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        with rotel(tmp_path, peer.address) as (agent, address):
            report = send(templates, address, *SETTINGS, signals=ROTEL_SIGNALS)
            wait_until_idle(agent, peer.running)
            agent.stop()
        reconciled(report, peer)
    assert_all_arrived(templates, report, json.loads(peer.report_file.read_text()), ROTEL_SIGNALS)


@pytest.mark.collector
def test_every_signal_arrives_through_the_collector(templates: Path, tmp_path: Path) -> None:
    binary = find_otelcol()
    if binary is None:
        pytest.skip("no Collector; build it with tests/integration/collector/build")
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        with otelcol(binary, tmp_path, peer.address) as (collector, address):
            report = send(templates, address, *SETTINGS)
            assert collector.stop() == 0
        reconciled(report, peer)
    assert_all_arrived(templates, report, json.loads(peer.report_file.read_text()), list(Signal))
