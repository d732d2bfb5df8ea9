"""`telemetry-generator --stream | telemetry-sender`, with real processes at both ends."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from integration.processes import generator_command, sender_command
from project_files import ROOT
from receivers import receiving

CONFIG = ROOT / "configs" / "sender-stream.yaml"
GENERATOR = ROOT / "configs" / "generator-small.yaml"
FAST = ("--set", "sending.rate_limit.events_per_second=0")


def _piped(
    generator: list[str], sender: list[str]
) -> tuple[subprocess.CompletedProcess[str], int, str]:
    """Run `generator | sender`; return the sender, and the generator's exit code and errors."""
    with subprocess.Popen(
        generator, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as source:
        ended = subprocess.run(
            sender, stdin=source.stdout, capture_output=True, text=True, check=False, timeout=90
        )
        assert source.stdout is not None
        assert source.stderr is not None
        source.stdout.close()
        return ended, source.wait(timeout=60), source.stderr.read()


def _totals(file: Path) -> dict[str, Any]:
    totals: dict[str, Any] = json.loads(file.read_text())["totals"]
    return totals


def test_everything_that_is_generated_arrives_and_nothing_is_stored(tmp_path: Path) -> None:
    report = tmp_path / "run.json"
    with receiving(tmp_path) as peer:
        sender = sender_command(
            *("--config", CONFIG, "--set", f"otlp.endpoint={peer.grpc}", "--report", report), *FAST
        )
        generator = generator_command("--config", GENERATOR, "--stream", "--set", "seed=4")
        ended, code, said = _piped(generator, sender)
        received = peer.finish()
    assert ended.returncode == 0, ended.stderr
    assert code == 0, said
    assert "streamed" in said
    totals = _totals(report)
    assert totals["acked"] == totals["scheduled"] == received["totals"]["events"] > 20_000
    checks = received["checks"]
    assert checks["repeated_span_ids"] == checks["children_outside_parents"] == 0
    assert checks["unresolved_parents"] == 0


def test_files_front_to_back_arrive_in_every_pass_over_json_too(tmp_path: Path) -> None:
    report = tmp_path / "run.json"
    files = [
        f"--set=input.{signal}={ROOT}/templates/small-{signal}.pb"
        for signal in ("traces", "metrics", "logs")
    ]
    with receiving(tmp_path, grpc=None, http="127.0.0.1:0") as peer:
        sender = sender_command(
            *("--config", ROOT / "configs" / "sender.yaml"),
            *files,
            *FAST,
            *("--set", "input.load=streamed", "--set", "sending.multiplier=3"),
            *("--set", "otlp.protocol=http/json", "--set", f"otlp.endpoint={peer.http}"),
            *("--report", report),
        )
        ended = subprocess.run(sender, capture_output=True, text=True, check=False, timeout=90)
        received = peer.finish()
    assert ended.returncode == 0, ended.stderr
    assert _totals(report)["acked"] == received["totals"]["events"] == 3 * (200 + 72 + 60)
    assert received["checks"]["repeated_span_ids"] == 0


def test_a_stream_that_is_cut_off_fails_the_run_and_what_was_sent_is_told(tmp_path: Path) -> None:
    whole = subprocess.run(
        generator_command("--config", GENERATOR, "--stream", "--set", "traces.count=9000"),
        capture_output=True,
        check=True,
    ).stdout
    cut = tmp_path / "cut"
    cut.write_bytes(whole[: len(whole) - 100_000])
    sender = sender_command(
        *("--config", CONFIG, "--set", f"input.stream={cut}", "--set", "sinks=discard"),
        *("--set", "sending.multiplier=1", *FAST),
    )
    ended = subprocess.run(sender, capture_output=True, text=True, check=False, timeout=90)
    assert ended.returncode == 1
    assert f"{cut}: the stream was cut off" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["input.stream=/nowhere"], "/nowhere: no such file or directory"),
        (["input.traces=x.pb"], "input.stream: there are template files too"),
        (["sending.processes=2"], "sending.processes: needs a set as a whole"),
        (["timestamps={mode: timeline}"], "timestamps.mode: needs a set as a whole"),
    ],
)
def test_what_does_not_go_with_a_stream_is_refused(settings: list[str], message: str) -> None:
    options = [part for setting in settings for part in ("--set", setting)]
    ended = subprocess.run(
        sender_command("--config", CONFIG, *options),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert message in ended.stderr


def test_a_pipe_cannot_be_sent_twice() -> None:
    generator = generator_command("--config", GENERATOR, "--stream")
    sender = sender_command("--config", CONFIG, "--set", "sending.multiplier=2")
    ended, _, _ = _piped(generator, sender)
    assert ended.returncode == 2
    assert "sending.multiplier: standard input can be read only once" in ended.stderr
