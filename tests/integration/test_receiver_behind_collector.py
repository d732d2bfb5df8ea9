"""What the OpenTelemetry Collector forwards is accounted for, span by span."""

from pathlib import Path

import pytest

from integration.exports import exporter
from integration.processes import find_otelcol, otelcol, receiver
from integration.reference_traffic import (
    assert_everything_arrived,
    assert_faults_found,
    send_everything,
    send_with_faults,
)
from receiver_reference import ReferenceSender, build_reference_set, write_reference_set

SEED = 4_712

pytestmark = pytest.mark.collector


@pytest.fixture(scope="module")
def binary() -> Path:
    """The Collector, or a skip that says how to get it."""
    found = find_otelcol()
    if found is None:
        pytest.skip("no Collector; build it with tests/integration/collector/build")
    return found


def test_all_three_signals_arrive_once_through_the_collector(tmp_path: Path, binary: Path) -> None:
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    with receiver(tmp_path, "--templates", tmp_path, "--run-seed", str(SEED)) as peer:
        with (
            otelcol(binary, tmp_path, peer.address) as (collector, address),
            exporter(address) as client,
        ):
            send_everything(client, ReferenceSender(templates, SEED))
            assert collector.stop() == 0
        assert_everything_arrived(peer.finish(), templates)


def test_lost_duplicated_and_foreign_spans_are_told_apart_behind_the_collector(
    tmp_path: Path, binary: Path
) -> None:
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    with receiver(tmp_path, "--templates", tmp_path, "--run-seed", str(SEED)) as peer:
        with (
            otelcol(binary, tmp_path, peer.address) as (collector, address),
            exporter(address) as client,
        ):
            forged = ReferenceSender(templates, SEED + 1)
            send_with_faults(client, ReferenceSender(templates, SEED), forged)
            assert collector.stop() == 0
        assert_faults_found(peer.finish(), len(templates.spans))
