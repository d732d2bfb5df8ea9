"""Whole runs as users start them: the sender as a process, against the receiver as a process."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from core_support import copy_committed
from integration.processes import (
    STOP_SECONDS,
    Receiver,
    free_port,
    receiver,
    running,
    sender_command,
)
from telemetry_common.manifest import load_manifest
from telemetry_common.signals import Signal

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())
SEED = 424242
SECRET = "s3cret-of-this-test"
BUSY_TICKS = 30
SIGNALS = ("traces", "metrics", "logs")


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a copy of the committed set."""
    folder = tmp_path_factory.mktemp("set")
    copy_committed(folder)
    return folder


@pytest.fixture
def peer(tmp_path: Path, templates: Path) -> Iterator[Receiver]:
    """Yield a receiver that knows the set and the seed."""
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as running_one:
        yield running_one


def write_config(tmp_path: Path, templates: Path, endpoint: str, **sections: Any) -> Path:
    sending = {"rate_limit": {"events_per_second": 0}, **sections.pop("sending", {})}
    config = {
        "input": {name: str(templates / f"small-{name}.pb") for name in SIGNALS},
        "otlp": {"endpoint": endpoint, "insecure": True, **sections.pop("otlp", {})},
        "sending": sending,
        **sections,
    }
    file = tmp_path / "sender.yaml"
    file.write_text(yaml.safe_dump(config))
    return file


def command(config: Path, report: Path) -> list[str]:
    options = ("--config", config, "--report", report, "--run-seed", str(SEED))
    return sender_command(*options)


def valid(report: Path) -> dict[str, Any]:
    """Return a report that fits its schema, and whose counts add up."""
    content: dict[str, Any] = json.loads(report.read_text())
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(
        content
    )
    for counts in (content["totals"], *content["signals"].values()):
        outcomes = ("acked", "rejected", "failed", "dropped")
        assert counts["scheduled"] == sum(counts[name] for name in outcomes)
        assert counts["sent"] == counts["scheduled"] - counts["dropped"]
    for name in content["totals"]:
        assert content["totals"][name] == sum(each[name] for each in content["signals"].values())
    return content


def assert_received(sent: dict[str, Any], received: dict[str, Any]) -> None:
    """What the sender says was accepted is what the receiver got, by count and by identity."""
    for name in SIGNALS:
        assert received["signals"][name]["events"] == sent["signals"][name]["acked"]
        assert received["signals"][name]["requests"] == sent["signals"][name]["requests"]
        assert received["signals"][name]["bytes"] == sent["signals"][name]["bytes"]
    ledger = received["ledger"]
    assert ledger["unique"] == sent["signals"]["traces"]["acked"]
    faults = ("lost", "duplicated", "foreign", "trace_id_mismatches", "parent_id_mismatches")
    assert {name: ledger[name] for name in faults} == dict.fromkeys(faults, 0)
    checks = received["checks"]
    assert checks["children_outside_parents"] == checks["repeated_span_ids"] == 0
    assert checks["invalid_trace_ids"] == checks["invalid_span_ids"] == 0


def test_three_passes_arrive_exactly(tmp_path: Path, templates: Path, peer: Receiver) -> None:
    """Nothing lost, duplicated or foreign, every log and point; the secret header shows nowhere."""
    config = write_config(
        tmp_path, templates, peer.address,
        otlp={"headers": {"x-api-key": "Bearer ${STAMPEDE_TEST_SECRET}"}},
        sending={"multiplier": 3, "batch_size": {"traces": 3, "metrics": 20, "logs": 10}},
    )  # fmt: skip
    report = tmp_path / "sender.json"
    environment = {"STAMPEDE_TEST_SECRET": SECRET}
    with running("sender", command(config, report), tmp_path / "out.log", environment) as sender:
        assert sender.process.wait(60) == 0
    sent, received = valid(report), peer.finish()
    manifest = load_manifest(templates / "small-metadata.yaml")
    for name in SIGNALS:
        assert sent["signals"][name]["acked"] == 3 * manifest.files[Signal(name)].events
        assert sent["signals"][name]["passes"] == 3
    assert sent["outcome"] == "completed"
    assert sent["run"]["seed"] == SEED
    assert received["ledger"]["passes_seen"] == 3
    assert received["checks"]["references"]["logs"]["unresolved"] == 0
    assert_received(sent, received)
    assert SECRET not in sender.output() + report.read_text()
    assert "${STAMPEDE_TEST_SECRET}" in report.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_endless_run_in_good_order(
    tmp_path: Path, templates: Path, peer: Receiver, number: signal.Signals
) -> None:
    """Exit code 0, a summary, and a report that agrees with the receiver to the last event."""
    config = write_config(tmp_path, templates, peer.address)
    report = tmp_path / "sender.json"
    with running("sender", command(config, report), tmp_path / "out.log") as sender:
        # The receiver decodes what comes in, so its processor time tells that the run is under way.
        idle = peer.running.cpu_ticks()
        sender.wait_until("traffic", lambda: peer.running.cpu_ticks() > idle + BUSY_TICKS)
        assert sender.stop(number) == 0
    sent, received = valid(report), peer.finish()
    assert sent["outcome"] == "interrupted"
    assert sent["totals"]["acked"] > 0
    assert sent["totals"]["failed"] == sent["totals"]["dropped"] == 0
    assert_received(sent, received)
    assert "interrupted" in sender.output().lower()
    assert "Traceback" not in sender.output()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_before_the_run_is_one_line_and_exit_code_130(
    tmp_path: Path, templates: Path, number: signal.Signals
) -> None:
    """Here it waits for an endpoint that takes connections and never speaks."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        config = write_config(tmp_path, templates, f"127.0.0.1:{silent.getsockname()[1]}")
        report = tmp_path / "sender.json"
        with running("sender", command(config, report), tmp_path / "out.log") as sender:
            sender.wait_until("connecting", lambda: "sending to" in sender.output())
            assert sender.stop(number) == 130
    assert "Traceback" not in sender.output()
    assert sender.output().splitlines()[-1].startswith("error: interrupted")
    assert not report.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_after_the_run_costs_neither_report_nor_exit_code(
    tmp_path: Path, templates: Path, number: signal.Signals
) -> None:
    """The second Ctrl-C of an impatient user; a pipe that nobody reads yet holds the report up."""
    report = tmp_path / "sender.fifo"
    os.mkfifo(report)
    config = write_config(
        tmp_path, templates, "127.0.0.1:1", sinks="discard", sending={"multiplier": 1}
    )
    with running("sender", command(config, report), tmp_path / "out.log") as sender:
        sender.wait_until("the summary", lambda: "resident" in sender.output())
        sender.process.send_signal(number)
        content = valid(report)
        assert sender.process.wait(STOP_SECONDS) == 0
    assert content["outcome"] == "completed"


def test_a_refused_endpoint_is_one_line_and_exit_code_1(tmp_path: Path, templates: Path) -> None:
    """It names the endpoint and the fix, never the secret; no report is left behind."""
    address = f"127.0.0.1:{free_port()}"
    config = write_config(
        tmp_path, templates, address,
        otlp={"connect_timeout": 0.3, "headers": {"x-api-key": SECRET}},
    )  # fmt: skip
    report = tmp_path / "sender.json"
    done = subprocess.run(
        command(config, report), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: otlp.endpoint {address}: ")
    assert "otlp.endpoint" in line.rpartition(";")[2]
    assert SECRET not in done.stdout + done.stderr
    assert not report.exists()


def test_a_paced_run_keeps_its_rate_and_its_duration(
    tmp_path: Path, templates: Path, peer: Receiver
) -> None:
    config = write_config(
        tmp_path, templates, peer.address,
        sending={"rate_limit": {"events_per_second": 2000}, "duration": "2s"},
    )  # fmt: skip
    report = tmp_path / "sender.json"
    with running("sender", command(config, report), tmp_path / "out.log") as sender:
        assert sender.process.wait(60) == 0
    sent, received = valid(report), peer.finish()
    assert 3999 <= sent["totals"]["scheduled"] <= 4000
    assert sent["intended"]["events_per_second"] == 2000
    assert sent["run"]["duration_seconds"] == pytest.approx(2, abs=1)
    assert_received(sent, received)


def test_a_run_repeats_its_ids_with_its_seed(tmp_path: Path, templates: Path) -> None:
    """Two runs with one seed send the same spans: to a receiver the second is all duplicates."""
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        config = write_config(tmp_path, templates, peer.address, sending={"multiplier": 1})
        for name in ("first", "second"):
            report = tmp_path / f"{name}.json"
            with running("sender", command(config, report), tmp_path / f"{name}.log") as sender:
                assert sender.process.wait(60) == 0
        received = peer.finish()
    spans = load_manifest(templates / "small-metadata.yaml").files[Signal.TRACES].events
    assert (received["ledger"]["unique"], received["ledger"]["duplicated"]) == (spans, spans)
