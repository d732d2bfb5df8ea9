"""Standard output that fails, on a full disk or behind `| head`, ends commands well."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from core_support import copy_committed
from integration.processes import STOP_SECONDS, generator_command, sender_command

CONFIGS = Path(__file__).parents[3] / "configs"
NO_ROOM = (
    "error: standard output: no space left on device; make room there or send the output elsewhere"
)


@pytest.fixture
def replay(tmp_path: Path) -> list[str]:
    """Return a command that replays the committed set into nowhere for half a second."""
    files = copy_committed(tmp_path)
    config = tmp_path / "sender.yaml"
    content = {
        "input": {str(signal): str(path) for signal, path in files.items()},
        "otlp": {"endpoint": "127.0.0.1:1", "insecure": True},
        "sending": {"duration": 0.5},
        "sinks": "discard",
    }
    config.write_text(yaml.safe_dump(content))
    return sender_command("--config", config, "--report", tmp_path / "report.json")


def listen(report: Path) -> list[str]:
    """Return a receiver that ends at once."""
    options = ("--grpc", "127.0.0.1:0", "--duration", "0.1s", "--report", report)
    return sender_command("receive", *options)


def into_full(command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command whose output goes to a full disk."""
    with Path("/dev/full").open("w") as full:
        return subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )


def closed_after(command: list[str], last: str) -> tuple[int, str]:
    """Run a command and close its output behind a line that begins with `last`.

    Returns the exit code and what it wrote to stderr.
    """
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    with process, process.stderr:
        with process.stdout:
            assert any(line.startswith(last) for line in process.stdout)
        errors = process.stderr.read()
        return process.wait(STOP_SECONDS), errors


def test_a_replay_without_room_for_its_output_does_not_begin(replay: list[str]) -> None:
    done = into_full(replay)
    assert (done.returncode, done.stderr) == (1, NO_ROOM + "\n")


def test_a_set_is_whole_although_its_summary_finds_no_room(tmp_path: Path) -> None:
    config = CONFIGS / "generator-committed.yaml"
    done = into_full(generator_command("--config", config, "--output-dir", tmp_path))
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, NO_ROOM)
    assert "Traceback" not in done.stderr
    assert (tmp_path / "small-metadata.yaml").exists()


def test_a_receiver_without_room_for_its_address_ends(tmp_path: Path) -> None:
    done = into_full(listen(tmp_path / "report.json"))
    assert (done.returncode, done.stderr) == (1, NO_ROOM + "\n")


@pytest.mark.parametrize("closed", [">&-", "<&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_do_not_crash_a_replay(
    tmp_path: Path, replay: list[str], closed: str
) -> None:
    done = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh", *replay], timeout=60, check=False)
    assert done.returncode == 0
    assert json.loads((tmp_path / "report.json").read_text())["outcome"] == "completed"


def test_a_replay_whose_reader_left_writes_its_report(tmp_path: Path, replay: list[str]) -> None:
    assert closed_after(replay, "sending to") == (1, "")
    totals = json.loads((tmp_path / "report.json").read_text())["totals"]
    assert totals["acked"] == totals["scheduled"] > 0


def test_a_receiver_whose_reader_left_writes_its_report(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert closed_after(listen(report), "listening on") == (1, "")
    assert json.loads(report.read_text())["totals"]["requests"] == 0
