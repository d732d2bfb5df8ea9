"""Whole runs into files: what is on disk is what the report says, again and again the same."""

import json
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from integration.processes import running, sender_command
from telemetry_sender.config.sinks import LOCAL_SINKS

SIGNALS = ("traces", "metrics", "logs")
every_sink = pytest.mark.parametrize("sink", sorted(LOCAL_SINKS))


def run_command(tmp_path: Path, templates: Path, sinks: Sequence[str], *options: str) -> list[str]:
    """Return a command that writes the set of `templates`, with a report beside."""
    config = tmp_path / "sender.yaml"
    inputs = {name: str(templates / f"small-{name}.pb") for name in SIGNALS}
    config.write_text(json.dumps({"input": inputs}))
    chosen = [part for sink in sinks for part in ("--sink", sink)]
    seed = ("--run-seed", "7", "--report", str(tmp_path / "report.json"))
    return [str(each) for each in sender_command("--config", config, *chosen, *seed, *options)]


def run(tmp_path: Path, templates: Path, sinks: Sequence[str], *options: str) -> dict[str, Any]:
    """Carry out a run that has to succeed; return its report."""
    line = run_command(tmp_path, templates, sinks, *options)
    ended = subprocess.run(line, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())
    return report


def contents(directory: Path) -> dict[str, bytes]:
    """Return what the files of a directory and below hold, by name."""
    files = (each for each in sorted(directory.rglob("*")) if each.is_file())
    return {str(each.relative_to(directory)): each.read_bytes() for each in files}


def assert_accounted(report: dict[str, Any], directory: Path) -> None:
    """Check that the report names every file of a sink with its size, and counts all events."""
    (account,) = report["sinks"]
    assert {file["path"] for file in account["files"]} == {
        str(each) for each in directory.rglob("*") if each.is_file()
    }
    assert all(Path(file["path"]).stat().st_size == file["bytes"] for file in account["files"])
    assert account["bytes"] == sum(file["bytes"] for file in account["files"])
    totals = report["totals"]
    assert totals["scheduled"] == totals["acked"] + totals["failed"] + totals["dropped"]
    assert account["lost"] == {}


@every_sink
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, templates: Path, sink: str) -> None:
    found = []
    for name in ("first", "second"):
        directory = tmp_path / name
        report = run(tmp_path, templates, [f"{sink}:directory={directory}"],
                     "--set", "sending.multiplier=3")  # fmt: skip
        assert report["outcome"] == "completed"
        assert_accounted(report, directory)
        found.append(contents(directory))
        time.sleep(0.01)
    assert found[0] == found[1]
    assert sum(map(len, found[0].values())) > 0


@every_sink
def test_a_run_ends_close_to_its_size(tmp_path: Path, templates: Path, sink: str) -> None:
    # Parquet takes millions of rows to make more.
    wanted = (4 if sink == "parquet" else 20) << 20
    sinks = [f"{sink}:directory={tmp_path / 'out'}"]
    report = run(tmp_path, templates, sinks, "--size", str(wanted))
    assert_accounted(report, tmp_path / "out")
    on_disk = sum(map(len, contents(tmp_path / "out").values()))
    # Tables come out in groups of rows, which are large for so small a run.
    assert abs(on_disk / wanted - 1) < (0.25 if sink in ("arrow", "parquet") else 0.02)


@every_sink
def test_sigterm_leaves_complete_files_and_an_exact_count(
    tmp_path: Path, templates: Path, sink: str
) -> None:
    """Also of several processes, each of which has files of its own."""
    out = tmp_path / "out"
    options = ("--processes", "2", "--set", "sending.multiplier=0", "--set", "sending.duration=60s")
    paced = ("--set", "timestamps.mode=live", "--set", "sending.rate_limit.events_per_second=50000")
    line = run_command(tmp_path, templates, [f"{sink}:directory={out}"], *options, *paced)
    with running("sender", line, tmp_path / "out.log") as sender:
        sender.wait_until("files", lambda: out.exists() and any(out.iterdir()))
        sender.wait_until("some data", lambda: sum(map(len, contents(out).values())) > 0)
        assert sender.stop(signal.SIGTERM) == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["outcome"] == "interrupted"
    assert_accounted(report, out)


def test_one_run_feeds_several_sinks_alike(tmp_path: Path, templates: Path) -> None:
    sinks = [f"{name}:directory={tmp_path / name}" for name in ("ndjson", "json", "csv")]
    report = run(tmp_path, templates, sinks, "--set", "sending.multiplier=2")
    assert [each["name"] for each in report["sinks"]] == ["ndjson", "json", "csv"]
    assert {each["records"] for each in report["sinks"]} == {report["totals"]["acked"]}
    lines = (tmp_path / "ndjson" / "telemetry_traces_0001.ndjson").read_text().splitlines()
    array = json.loads((tmp_path / "json" / "telemetry_traces_0001.json").read_text())
    assert [json.loads(each) for each in lines] == array


def test_processes_share_out_what_one_would_write(tmp_path: Path, templates: Path) -> None:
    """Each has files of its own; together they hold the same records."""
    found = []
    for count in (1, 2):
        out = tmp_path / str(count)
        run(tmp_path, templates, [f"ndjson:directory={out}"], "--processes", str(count),
            "--set", "sending.batch_size={traces: 3, metrics: 10, logs: 10}")  # fmt: skip
        lines = [line for data in contents(out).values() for line in data.splitlines()]
        found.append((len(contents(out)), sorted(lines)))
    assert found[0][1] == found[1][1]
    assert found[1][0] > found[0][0]


def test_processes_that_have_no_block_of_a_signal_come_to_the_size_with_the_others(
    tmp_path: Path, templates: Path
) -> None:
    """The one block of the logs belongs to a single one of the three."""
    out = tmp_path / "out"
    report = run(tmp_path, templates, [f"ndjson:directory={out}"], "--processes", "3",
                 "--size", "6MB", "--set",
                 "sending.batch_size={traces: 2, metrics: 10, logs: 100000}")  # fmt: skip
    assert_accounted(report, out)
    assert report["outcome"] == "completed"
    assert all(report["signals"][name]["acked"] for name in SIGNALS)
    assert report["totals"]["acked"] == report["sinks"][0]["records"]
    assert abs(report["sinks"][0]["bytes"] / (6 << 20) - 1) < 0.05


def test_a_second_run_overwrites_nothing(tmp_path: Path, templates: Path) -> None:
    sinks = [f"ndjson:directory={tmp_path / 'out'}"]
    run(tmp_path, templates, sinks)
    before = contents(tmp_path / "out")
    line = run_command(tmp_path, templates, sinks, "--set", "sending.multiplier=2")
    ended = subprocess.run(line, check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "is there already" in ended.stderr
    assert contents(tmp_path / "out") == before


def test_what_does_not_fit_is_refused_before_anything_is_written(
    tmp_path: Path, templates: Path
) -> None:
    line = run_command(tmp_path, templates, [f"csv:directory={tmp_path / 'out'}"],
                       "--set", "sending.multiplier=100000000000")  # fmt: skip
    ended = subprocess.run(line, check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "to write" in ended.stderr
    assert not (tmp_path / "out").exists()
