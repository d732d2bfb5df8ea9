"""A run that finds no more room ends clearly, and its report counts what is in its files."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from integration.processes import sender_command
from numbered_records import content, hidden, visible
from small_disks import small_disk


def fill(tmp_path: Path, templates: Path, sink: str, *options: str) -> tuple[dict[str, Any], str]:
    """Write until that fails; return the report and the last line of what is said about it."""
    config, report = tmp_path / "sender.yaml", tmp_path / "report.json"
    inputs = {each: str(templates / f"small-{each}.pb") for each in ("traces", "metrics", "logs")}
    config.write_text(json.dumps({"input": inputs}))
    command = sender_command(
        "--config", config, "--run-seed", "7", "--sink", sink, "--report", report,
        "--set", "sending.duration=1m", *options,
    )  # fmt: skip
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == 1, ended.stderr
    found: dict[str, Any] = json.loads(report.read_text())
    return found, ended.stderr.splitlines()[-1]


@pytest.mark.parametrize("processes", ["1", "2"])
@pytest.mark.parametrize("compression", ["none", "gzip", "zstd"])
def test_accepted_events_are_those_in_the_files(
    compression: str, processes: str, tmp_path: Path, templates: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, kilobytes=1024):
        report, error = fill(
            tmp_path, templates, f"ndjson:directory={disk},compression={compression}",
            "--processes", processes, "--set", "sending.batch_size.traces=5",
        )  # fmt: skip
        lines = sum(content(path).count(b"\n") for path in visible(disk))
        sizes = sum(path.stat().st_size for path in visible(disk))
        assert not hidden(disk)
    assert error == f"error: {disk}: no space left on device"
    totals, (account,) = report["totals"], report["sinks"]
    assert lines == totals["acked"] == account["records"]
    assert account["bytes"] == sizes
    assert totals["scheduled"] == totals["acked"] + totals["failed"] + totals["dropped"]
    assert account["problem"] == f"{disk}: no space left on device"
    assert lines > 0


def test_a_limit_of_the_file_size_is_named(tmp_path: Path, templates: Path) -> None:
    """As `ulimit -f` sets it; the shell counts in blocks of 1 KiB."""
    out = tmp_path / "out"
    config = tmp_path / "sender.yaml"
    config.write_text(json.dumps({"input": {"traces": str(templates / "small-traces.pb")}}))
    command = sender_command(
        "--config", config, "--sink", f"ndjson:directory={out}", "--set", "sending.duration=1m"
    )
    limited = ["bash", "-c", 'ulimit -f 1000; exec "$@"', "bash", *command]
    ended = subprocess.run(limited, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == f"error: {out}: file too large"
    (path,) = visible(out)
    assert 700_000 < path.stat().st_size <= 1000 << 10
    assert content(path).endswith(b"}\n")
