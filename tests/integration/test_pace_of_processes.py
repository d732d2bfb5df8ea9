"""Shapes and the timeline in real time, with two processes, against the receiver."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from core_support import copy_committed
from integration.processes import sender_command
from receivers import ReceiverProcess, receiving
from telemetry_common.signals import Signal

SEED = 2_718


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Signal, Path]:
    """Return a copy of the committed set."""
    return copy_committed(tmp_path_factory.mktemp("set"))


def sent(directory: Path, files: dict[Signal, Path], peer: ReceiverProcess, **more: Any) -> Any:
    """Send with two processes until the run ends; return its report."""
    config, report = directory / "sender.yaml", directory / "sent.json"
    content = {
        "input": {str(signal): str(path) for signal, path in files.items()},
        "otlp": {"endpoint": peer.grpc, "insecure": True},
        **more,
    }
    config.write_text(yaml.safe_dump(content))
    command = sender_command(
        "--config", config, "--report", report, "--run-seed", str(SEED), "--processes", "2"
    )
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return json.loads(report.read_text())


def test_two_processes_together_follow_a_shape(tmp_path: Path, files: dict[Signal, Path]) -> None:
    """A ramp from 200 to 2,000 events a second in five seconds: 5,500 events, to 1 %."""
    with receiving(tmp_path, "--discard") as peer:
        report = sent(
            tmp_path, files, peer,
            sending={
                "shape": {"kind": "ramp", "from": 200, "to": 2000, "over": "5s"}, "duration": "5s",
                "batch_size": {"traces": 1, "metrics": 10, "logs": 10},
            },
        )  # fmt: skip
        peer.finish()
    assert report["outcome"] == "completed"
    assert report["totals"]["dropped"] == 0
    assert report["totals"]["acked"] == pytest.approx(5500, rel=0.01)


def test_a_timeline_arrives_whole_at_its_own_pace(
    tmp_path: Path, files: dict[Signal, Path]
) -> None:
    """Two passes of ten minutes, 400 times as fast: three seconds, and nothing lost or doubled."""
    directory = files[Signal.TRACES].parent
    with receiving(tmp_path, "--templates", directory, "--run-seed", str(SEED)) as peer:
        report = sent(
            tmp_path, files, peer,
            sending={"multiplier": 2},
            timestamps={"mode": "timeline", "start": "2026-01-01T00:00:00Z", "speed": 400},
        )  # fmt: skip
        arrived = peer.finish()
    assert report["outcome"] == "completed"
    assert report["totals"]["acked"] == report["totals"]["scheduled"] == 2 * 332
    assert 1.5 < report["run"]["duration_seconds"] < 5
    ledger = arrived["ledger"]
    assert (ledger["unique"], ledger["lost"], ledger["duplicated"], ledger["foreign"]) == (
        400, 0, 0, 0,
    )  # fmt: skip
    checks = arrived["checks"]
    assert checks["children_compared"] == 360
    wrong = ("repeated_span_ids", "children_outside_parents", "falling_sums", "moved_starts")
    assert [checks[name] for name in wrong] == [0, 0, 0, 0]
