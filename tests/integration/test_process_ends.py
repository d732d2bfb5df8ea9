"""However a process of several ends, the run ends as it should, and its report is whole."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration.many_processes import (
    SIGNALS,
    assert_whole,
    balanced,
    children,
    command,
    gone,
    wait_for_traffic,
)
from integration.processes import running
from receivers import ReceiverProcess, receiving
from telemetry_common.manifest import load_manifest
from telemetry_common.signals import Signal


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_killed_process_is_noticed_and_its_events_are_accounted_for(
    tmp_path: Path, templates: Path, peer: ReceiverProcess, goes_on: bool
) -> None:
    """What it had in flight has failed; the run ends at once, or goes on with the others."""
    report = tmp_path / "sender.json"
    policy = {"when_process_dies": "continue" if goes_on else "stop"}
    ending = {"duration": "4s"} if goes_on else {}
    line = command(tmp_path, templates, peer.grpc, report, processes=3, **policy, **ending)
    with running("sender", line, tmp_path / "out.log") as sender:
        wait_for_traffic(sender, peer)
        pids = children(sender)
        assert len(pids) == 3
        os.kill(pids[1], signal.SIGKILL)
        assert sender.process.wait(30) == (0 if goes_on else 1)
        assert gone(pids)
    sent, received = balanced(report), peer.finish()
    assert sent["outcome"] == ("completed" if goes_on else "failed")
    assert [each["outcome"] for each in sent["processes"]].count("failed") == 1
    died = [row for row in sent["errors"] if row["code"] == "PROCESS_DIED"]
    assert died
    assert all("SIGKILL" in row["message"] for row in died)
    assert "process 1 died: killed by SIGKILL" in sender.output()
    arrived = sum(received["signals"][name]["events"] for name in SIGNALS)
    # Of what was in flight at its death some has arrived; nothing else is in doubt.
    totals = sent["totals"]
    assert totals["acked"] <= arrived <= totals["acked"] + totals["failed"]
    assert received["ledger"]["duplicated"] == received["ledger"]["foreign"] == 0


def test_what_a_killed_process_still_had_to_send_is_dropped(
    tmp_path: Path, templates: Path, peer: ReceiverProcess
) -> None:
    """A given number of passes says how much that is."""
    report, passes = tmp_path / "sender.json", 1000
    settings = {"multiplier": passes, "when_process_dies": "continue"}
    paced = {"rate_limit": {"events_per_second": 20000}, "processes": 2}
    line = command(tmp_path, templates, peer.grpc, report, **settings, **paced)
    with running("sender", line, tmp_path / "out.log") as sender:
        wait_for_traffic(sender, peer)
        for pid in children(sender):
            os.kill(pid, signal.SIGKILL)
        assert sender.process.wait(30) == 1
    sent = balanced(report)
    manifest = load_manifest(templates / "small-metadata.yaml")
    for name in SIGNALS:
        events = passes * manifest.files[Signal(name)].events
        assert sent["signals"][name]["scheduled"] == events
        assert sent["signals"][name]["dropped"] > 0


@pytest.mark.parametrize("to_all", [False, True])
def test_a_signal_ends_all_processes_in_good_order(
    tmp_path: Path, templates: Path, peer: ReceiverProcess, to_all: bool
) -> None:
    """SIGTERM to the command alone, or Ctrl-C, which reaches the whole process group."""
    report = tmp_path / "sender.json"
    line = command(tmp_path, templates, peer.grpc, report, processes=2)
    with running("sender", line, tmp_path / "out.log") as sender:
        wait_for_traffic(sender, peer)
        pids = children(sender)
        for pid in pids if to_all else []:
            os.kill(pid, signal.SIGINT)
        assert sender.stop(signal.SIGINT if to_all else signal.SIGTERM) == 0
        assert gone(pids)
    sent, received = balanced(report), peer.finish()
    assert sent["outcome"] == "interrupted"
    assert sent["totals"]["failed"] == sent["totals"]["dropped"] == 0
    assert sent["totals"]["acked"] > 0
    assert_whole(sent, received)


def test_a_second_signal_cuts_off_what_is_in_flight(tmp_path: Path, templates: Path) -> None:
    """A receiver that is stopped in its tracks answers nothing more; the run ends all the same."""
    report = tmp_path / "sender.json"
    with receiving(tmp_path, "--discard") as peer:
        slow = {"processes": 2, "grace_period": "60s"}
        line = command(tmp_path, templates, peer.grpc, report, **slow)
        with running("sender", line, tmp_path / "out.log") as sender:
            sender.wait_until("traffic", lambda: len(children(sender)) == 2)
            wait_for_traffic(sender, peer, ticks=5)
            peer.running.process.send_signal(signal.SIGSTOP)
            try:
                sender.process.send_signal(signal.SIGTERM)
                with pytest.raises(subprocess.TimeoutExpired):
                    sender.process.wait(1)
                assert sender.stop(signal.SIGTERM) == 0
            finally:
                peer.running.process.send_signal(signal.SIGCONT)
    sent = balanced(report)
    assert sent["outcome"] == "interrupted"
    assert sent["totals"]["failed"] > 0


def test_children_do_not_outlive_a_killed_parent(
    tmp_path: Path, templates: Path, peer: ReceiverProcess
) -> None:
    line = command(tmp_path, templates, peer.grpc, tmp_path / "sender.json", processes=2)
    with running("sender", line, tmp_path / "out.log") as sender:
        wait_for_traffic(sender, peer)
        pids = children(sender)
        sender.stop(signal.SIGKILL)
        assert gone(pids)


@pytest.fixture
def silent() -> Iterator[str]:
    """Yield an address that takes connections and never speaks."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_a_process_that_dies_before_the_run_is_one_line(
    tmp_path: Path, templates: Path, silent: str
) -> None:
    report = tmp_path / "sender.json"
    line = command(tmp_path, templates, silent, report, "--set", "otlp.connect_timeout=60",
                   processes=2)  # fmt: skip
    with running("sender", line, tmp_path / "out.log") as sender:
        sender.wait_until("its processes", lambda: len(children(sender)) == 2)
        pids = children(sender)
        os.kill(pids[1], signal.SIGKILL)
        assert sender.process.wait(30) == 1
        assert gone(pids)
    last = sender.output().splitlines()[-1]
    assert last.startswith("error: process 1: killed by SIGKILL before it could begin")
    assert not report.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_before_the_run_leaves_nobody_behind(
    tmp_path: Path, templates: Path, silent: str, number: signal.Signals
) -> None:
    report = tmp_path / "sender.json"
    line = command(tmp_path, templates, silent, report, "--set", "otlp.connect_timeout=60",
                   processes=2)  # fmt: skip
    with running("sender", line, tmp_path / "out.log") as sender:
        sender.wait_until("its processes", lambda: len(children(sender)) == 2)
        pids = children(sender)
        assert sender.stop(number) == 130
        assert gone(pids)
    assert "Traceback" not in sender.output()
    assert not report.exists()
