"""The capacity search against a receiver whose capacity is known."""

import json
import subprocess
from pathlib import Path

import pytest

from integration.processes import sender_command
from project_files import ROOT
from receivers import receiving

CONFIG = ROOT / "configs" / "sender.yaml"
TEMPLATES = ROOT / "templates"


@pytest.mark.parametrize("mode", ["queue", "refuse"])
def test_the_capacity_of_the_endpoint_is_found(tmp_path: Path, mode: str) -> None:
    capacity, report = 5_000, tmp_path / "search.json"
    with receiving(tmp_path, "--capacity", f"{capacity}/s,mode={mode}") as peer:
        command = sender_command(
            "search",
            *("--config", CONFIG, "--set", f"otlp.endpoint=http://{peer.grpc}"),
            *(each for signal in ("traces", "metrics", "logs") for each in _input(signal)),
            *("--set", "sending.batch_size={traces: 5, metrics: 50, logs: 50}"),
            *("--set", "sending.retry.max_attempts=1"),
            *("--slo", "response_p99<200ms, loss<0.1%", "--start", "3000", "--tolerance", "4%"),
            *("--step", "1s", "--warm-up", "1s", "--rest", "200ms", "--report", report),
        )
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = json.loads(report.read_text())
    assert found["highest_sustained_events_per_second"] == pytest.approx(capacity, rel=0.1)
    assert found["steps"][-1]["phase"] == "confirm"
    assert "highest sustained rate" in ended.stdout


def _input(signal: str) -> tuple[str, str]:
    return "--set", f"input.{signal}={TEMPLATES / f'small-{signal}.pb'}"


def test_an_endpoint_that_never_keeps_the_objectives_is_an_answer_too(tmp_path: Path) -> None:
    with receiving(tmp_path, "--capacity", "100/s,mode=refuse") as peer:
        command = sender_command(
            "search",
            *("--config", CONFIG, "--set", f"otlp.endpoint=http://{peer.grpc}"),
            *(each for signal in ("traces", "metrics", "logs") for each in _input(signal)),
            *("--set", "sending.retry.max_attempts=1", "--slo", "loss<0.1%"),
            *("--start", "4000", "--min", "3000", "--step", "1s", "--warm-up", "0s"),
        )
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "the limit is the endpoint, which did not keep" in ended.stdout
    assert "not even 3,000/s is sustained" in ended.stdout


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--slo", "speed<1"), "--slo: no figure is called 'speed'"),
        (
            ("--start", "10", "--max", "5"),
            "--start, --min, --max, --tolerance: the start is not between",
        ),
        (("--step", "0"), "--step: no time at all"),
        (("--tolerance", "much"), "--tolerance: "),
        (("--rest", "-1s"), "--rest: '-1s' is not a duration"),
        (("--warm-up", "soon"), "--warm-up: 'soon' is not a duration"),
    ],
)
def test_bad_options_are_refused_before_anything_is_sent(
    option: tuple[str, str], message: str
) -> None:
    command = sender_command("search", "--config", CONFIG, *option)
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 2
    assert message in ended.stderr
