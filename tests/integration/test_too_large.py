"""Receivers that take less than the sender was told: requests go on in parts, none is lost."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core_support import copy_committed
from integration.processes import sender_command
from receivers import receiving

SEED, PASSES = 1_618, 4
SIGNALS = ("traces", "metrics", "logs")


def sent(directory: Path, protocol: str, endpoint: str) -> dict[str, Any]:
    """Send the set in the largest requests there can be; return the report."""
    config, report = directory / "sender.yaml", directory / "sender.json"
    content = {
        "input": {name: str(directory / f"small-{name}.pb") for name in SIGNALS},
        "otlp": {"endpoint": endpoint, "insecure": True, "protocol": protocol},
        "sending": {
            "multiplier": PASSES,
            "rate_limit": {"events_per_second": 0},
            "batch_size": dict.fromkeys(SIGNALS, 10_000),
        },
    }
    config.write_text(json.dumps(content))
    command = sender_command("--config", config, "--report", report, "--run-seed", str(SEED))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf", "http/json"])
def test_a_set_arrives_whole_although_its_requests_are_too_large(
    tmp_path: Path, protocol: str
) -> None:
    """Every span once, with the ids that it would have had; every log record names its span."""
    copy_committed(tmp_path)
    limits = ("--max-message-size", "20KB")
    known = ("--templates", tmp_path, "--run-seed", str(SEED))
    places: dict[str, Any] = {} if protocol == "grpc" else {"grpc": None, "http": "127.0.0.1:0"}
    with receiving(tmp_path, *limits, *known, **places) as peer:
        report = sent(tmp_path, protocol, peer.grpc if protocol == "grpc" else peer.http)
        received = peer.finish()
    for signal in SIGNALS:
        counts = report["signals"][signal]
        assert counts["splits"] > 0
        assert counts["acked"] == counts["scheduled"] == received["signals"][signal]["events"]
    ledger, checks = received["ledger"], received["checks"]
    assert (ledger["lost"], ledger["duplicated"], ledger["foreign"]) == (0, 0, 0)
    assert (checks["unresolved_parents"], checks["children_outside_parents"]) == (0, 0)
    assert (checks["falling_sums"], checks["moved_starts"]) == (0, 0)
    assert checks["references"]["logs"]["unresolved"] == 0
