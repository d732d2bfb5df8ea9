"""A set with late roots arrives whole: every root behind its children, and around them in time."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from integration.delivery import SEED, generate
from integration.processes import sender_command
from receivers import receiving

DELAY_MS = 1500


@pytest.fixture(scope="module")
def late_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a generated set, a third of whose traces have late roots."""
    section = "traces.root.late_root"
    values = ("enabled=true", "percentage=33", f"delay_ms={DELAY_MS}")
    settings = [f"{section}.{value}" for value in values]
    return generate(tmp_path_factory.mktemp("late"), *settings)


@pytest.mark.parametrize("processes", [1, 2])
def test_late_roots_arrive_once_and_enclose_their_children(
    tmp_path: Path, late_set: Path, processes: int
) -> None:
    with receiving(tmp_path, "--templates", late_set, "--run-seed", str(SEED)) as peer:
        report = tmp_path / "sender.json"
        config = tmp_path / "sender.yaml"
        files = {
            name: str(next(late_set.glob(f"*-{name}.pb"))) for name in ("traces", "metrics", "logs")
        }
        sending = {
            "multiplier": 3, "rate_limit": {"events_per_second": 0}, "processes": processes,
            "batch_size": {"traces": 20},
        }  # fmt: skip
        otlp = {"endpoint": peer.grpc, "insecure": True}
        config.write_text(json.dumps({"input": files, "otlp": otlp, "sending": sending}))
        command = sender_command(
            "--config", config, "--report", report, "--run-seed", str(SEED)
        )  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=60)
        received = peer.finish()
    sent: dict[str, Any] = json.loads(report.read_text())
    assert sent["totals"]["acked"] == sent["totals"]["scheduled"]
    assert sent["totals"]["deferred"] > 10
    assert sent["totals"]["deferred_dropped"] == 0
    assert sent["run"]["duration_seconds"] >= DELAY_MS / 1000
    assert received["signals"]["traces"]["events"] == sent["signals"]["traces"]["acked"]
    ledger = received["ledger"]
    assert (ledger["lost"], ledger["duplicated"], ledger["foreign"]) == (0, 0, 0)
    checks = received["checks"]
    assert checks["children_compared"] > 10_000
    assert (checks["unresolved_parents"], checks["children_outside_parents"]) == (0, 0)
