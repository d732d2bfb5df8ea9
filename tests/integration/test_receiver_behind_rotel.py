"""What a third-party collector forwards is accounted for, span by span."""

from pathlib import Path

from integration.exports import exporter
from integration.processes import receiver, rotel, wait_until_idle
from integration.reference_traffic import (
    assert_everything_arrived,
    assert_faults_found,
    send_everything,
    send_with_faults,
)
from receiver_reference import ReferenceSender, build_reference_set, write_reference_set

SEED = 4_711


def test_all_three_signals_arrive_once_through_rotel(tmp_path: Path) -> None:
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    with receiver(tmp_path, "--templates", tmp_path, "--run-seed", str(SEED)) as peer:
        with rotel(tmp_path, peer.address) as (agent, address), exporter(address) as client:
            send_everything(client, ReferenceSender(templates, SEED))
            wait_until_idle(agent, peer.running)
            agent.stop()
        assert_everything_arrived(peer.finish(), templates)


def test_lost_duplicated_and_foreign_spans_are_told_apart_behind_rotel(tmp_path: Path) -> None:
    templates = build_reference_set()
    write_reference_set(templates, tmp_path)
    with receiver(tmp_path, "--templates", tmp_path, "--run-seed", str(SEED)) as peer:
        with rotel(tmp_path, peer.address) as (agent, address), exporter(address) as client:
            forged = ReferenceSender(templates, SEED + 1)
            send_with_faults(client, ReferenceSender(templates, SEED), forged)
            wait_until_idle(agent, peer.running)
            agent.stop()
        assert_faults_found(peer.finish(), len(templates.spans))
