"""Whole replays from the command line: what they show, serve and write about themselves."""

import json
import os
import pty
import re
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from core_support import copy_committed
from integration.processes import sender_command
from receivers import receiving
from telemetry_sender.results.report_file import read_report

SECONDS = 2.5


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a configuration that replays the committed set into nowhere."""
    files = copy_committed(tmp_path)
    content: dict[str, Any] = {
        "input": {str(name): str(path) for name, path in files.items()},
        "otlp": {"endpoint": "127.0.0.1:1", "insecure": True},
        "sending": {"duration": SECONDS, "rate_limit": {"events_per_second": 5000}},
        "sinks": "discard",
    }
    file = tmp_path / "sender.yaml"
    file.write_text(yaml.safe_dump(content))
    return file


def on_terminal(command: list[str], *, stop_after: float | None = None) -> tuple[int, str]:
    """Run a command on a terminal of its own; Ctrl-C comes after so many seconds."""
    terminal, child = pty.openpty()
    environ = os.environ | {"TERM": "xterm", "COLUMNS": "100", "LINES": "40"}
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=environ)
    os.close(child)
    text = b""
    stop_at = None if stop_after is None else time.monotonic() + stop_after
    while True:
        if stop_at is not None and b"accepted" in text and time.monotonic() > stop_at:
            process.send_signal(signal.SIGINT)
            stop_at = None
        try:
            text += os.read(terminal, 65536)
        except OSError:  # the other end is closed: the process has ended
            break
    os.close(terminal)
    return process.wait(10), text.decode()


def test_a_run_on_a_terminal_is_shown_live_and_ends_with_the_summary(config: Path) -> None:
    code, text = on_terminal(sender_command("--config", config))
    assert code == 0
    assert re.search(r"[\d,]+/s accepted of 5,000/s intended", text)
    assert "latency now, ms" in text
    assert re.search(r"\d+%\s+[\d.]+s left", text)
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l"), "the cursor is back"
    assert text.rindex("run completed") > text.rindex("latency now"), "the summary is what stays"


def test_ctrl_c_leaves_the_terminal_clean_and_the_summary_on_it(config: Path) -> None:
    command = sender_command("--config", config, "--set", "sending.duration=60s")
    code, text = on_terminal(command, stop_after=2.0)
    assert code == 0
    assert "run interrupted" in text
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert "Traceback" not in text


def test_report_and_page_of_a_run_hold_its_series(config: Path, tmp_path: Path) -> None:
    report, page = tmp_path / "run.json", tmp_path / "run.html"
    command = sender_command("--config", config, "--report", report, "--html", page)
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "\x1b" not in ended.stdout, "no terminal, no view"
    series = read_report(report).series
    assert len(series.elapsed_seconds) >= 2
    assert series.intended_events_per_second[0] == pytest.approx(5000, rel=0.01)
    assert json.loads(report.read_text())["limit"]["kind"] == "rate"
    assert page.read_text(encoding="utf-8").count('<svg class="plot"') >= 5


def limit_of(command: list[str], report: Path) -> str:
    """Return what limited a replay."""
    subprocess.run([*command, "--report", str(report)], capture_output=True, timeout=60, check=True)
    limit = read_report(report).limit
    assert limit is not None
    return limit.kind


UNLIMITED = ("--set", "sending.rate_limit.events_per_second=0")


def test_a_sender_that_does_nothing_but_stamp_is_its_own_limit(
    config: Path, tmp_path: Path
) -> None:
    """Also on a busy machine: what it waits for a core counts like what it used of one."""
    command = sender_command("--config", config, *UNLIMITED)
    assert limit_of(command, tmp_path / "run.json") == "sender_cpu"


@pytest.mark.parametrize("fault", ["delay=50ms", "delay=200ms"])
def test_an_endpoint_that_answers_late_is_the_limit(
    fault: str, config: Path, tmp_path: Path
) -> None:
    with receiving(tmp_path, "--discard", "--fault", fault) as peer:
        endpoint = ("--set", "sinks=otlp", "--set", f"otlp.endpoint={peer.grpc}")
        command = sender_command("--config", config, *UNLIMITED, *endpoint)
        assert limit_of(command, tmp_path / "run.json") == "endpoint"


def test_metrics_can_be_scraped_while_a_run_goes_on(config: Path) -> None:
    command = sender_command("--config", config, "--metrics", "127.0.0.1:0")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("metrics at "))
        url = line.removeprefix("metrics at ").strip()
        found = ""
        while process.poll() is None and "stampede_events_total" not in found:
            with urllib.request.urlopen(url, timeout=5) as answer:
                found = answer.read().decode()
            time.sleep(0.05)
        process.stdout.read()
    assert 'stampede_events_total{outcome="acked",signal="traces"}' in found
    assert process.returncode == 0


def test_a_page_that_cannot_be_written_is_refused_before_the_run(
    config: Path, tmp_path: Path
) -> None:
    command = sender_command("--config", config, "--html", tmp_path / "no" / "x.html")
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("error: --html ")
    assert ended.stderr.count("\n") == 1


def test_a_page_in_the_place_of_the_report_is_refused_before_the_run(
    config: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    report, page = tmp_path / "run", tmp_path / "link" / "run"
    command = sender_command("--config", config, "--report", report, "--html", page)
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"error: --html {page}: the page would take the place")
    assert not report.exists()
