"""All four signals in one run: profiles arrive once, and their samples name spans that arrived.

rotel takes no profiles, so only the receiver alone and the Collector stand behind the sender here.
"""

import json
from pathlib import Path

import pytest

from core_support import copy_committed
from integration.delivery import SEED, reconciled, send, with_profiles
from integration.processes import find_otelcol, otelcol, receiver
from telemetry_common.manifest import find_manifest, load_manifest
from telemetry_common.signals import Signal

PASSES = 3
SETTINGS = (
    f"sending.multiplier={PASSES}",
    "sending.rate_limit.events_per_second=0",
    "sending.batch_size.profiles=50",
    "timestamps.jitter_ms=1000",
)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small set of all four signals."""
    directory = tmp_path_factory.mktemp("set")
    copy_committed(directory)
    return with_profiles(directory)


def assert_every_sample_arrived(
    templates: Path, sender_report: Path, receiver_report: Path
) -> None:
    """Compare the two reports with the set, beside what `reconcile` says."""
    sent, received = json.loads(sender_report.read_text()), json.loads(receiver_report.read_text())
    samples = load_manifest(find_manifest(templates)).files[Signal.PROFILES].events
    assert sent["signals"]["profiles"]["acked"] == PASSES * samples
    assert received["signals"]["profiles"]["events"] == PASSES * samples
    named = received["checks"]["references"]["samples"]
    assert PASSES * samples // 2 < named["seen"] < PASSES * samples
    assert (named["invalid"], named["unresolved"]) == (0, 0)


def test_all_four_signals_arrive_once_at_the_receiver(templates: Path, tmp_path: Path) -> None:
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        report = send(templates, peer.address, *SETTINGS)
        verdict = reconciled(report, peer)
    assert list(verdict["signals"]) == ["traces", "metrics", "logs", "profiles"]
    assert_every_sample_arrived(templates, report, peer.report_file)


@pytest.mark.collector
def test_all_four_signals_arrive_once_through_the_collector(
    templates: Path, tmp_path: Path
) -> None:
    binary = find_otelcol()
    if binary is None:
        pytest.skip("no Collector; build it with tests/integration/collector/build")
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        with otelcol(binary, tmp_path, peer.address) as (collector, address):
            report = send(templates, address, *SETTINGS)
            assert collector.stop() == 0
        reconciled(report, peer)
    assert_every_sample_arrived(templates, report, peer.report_file)
