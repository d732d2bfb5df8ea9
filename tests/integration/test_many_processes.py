"""Runs with several processes, against the receiver: exact, and in order however they end."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from core_support import copy_committed
from integration.delivery import generate
from integration.processes import Running, free_port, running, sender_command
from receivers import ReceiverProcess, receiving
from telemetry_common.manifest import find_manifest, load_manifest
from telemetry_common.signals import Signal

SEED = 31_415
PAGE = os.sysconf("SC_PAGE_SIZE")
SIGNALS = ("traces", "metrics", "logs")
FAULTS = ("duplicated", "foreign", "trace_id_mismatches", "parent_id_mismatches")


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a copy of the committed set."""
    folder = tmp_path_factory.mktemp("set")
    copy_committed(folder)
    return folder


@pytest.fixture
def peer(tmp_path: Path, templates: Path) -> Iterator[ReceiverProcess]:
    """Yield a receiver that knows the set and the seed."""
    with receiving(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as started:
        yield started


def command(
    directory: Path, templates: Path, endpoint: str, report: Path, *flags: str, **sending: Any
) -> list[str]:
    """Return the command of a run as fast as it can, with small requests."""
    config = directory / f"{report.stem}.yaml"
    sizes = {"traces": 2, "metrics": 10, "logs": 5}
    unpaced = {"rate_limit": {"events_per_second": 0}, "batch_size": sizes, "concurrency": 4}
    content = {
        "input": {name: str(templates / f"small-{name}.pb") for name in SIGNALS},
        "otlp": {"endpoint": endpoint, "insecure": True, "connect_timeout": 5},
        "sending": unpaced | sending,
    }
    config.write_text(yaml.safe_dump(content))
    return sender_command("--config", config, "--report", report, "--run-seed", str(SEED), *flags)


def balanced(report: Path) -> dict[str, Any]:
    """Return a report whose counts add up."""
    content: dict[str, Any] = json.loads(report.read_text())
    for counts in (content["totals"], *content["signals"].values()):
        outcomes = ("acked", "rejected", "failed", "dropped")
        assert counts["scheduled"] == sum(counts[name] for name in outcomes)
    return content


def assert_whole(sent: dict[str, Any], received: dict[str, Any]) -> None:
    """All that was accepted arrived once, nothing else did, and what names a span names one.

    Spans that the receiver misses below its highest one are not lost: processes are not at the
    same pass when a run without a number of passes ends.
    """
    ledger, checks = received["ledger"], received["checks"]
    assert ledger["unique"] == sent["signals"]["traces"]["acked"]
    assert {name: ledger[name] for name in FAULTS} == dict.fromkeys(FAULTS, 0)
    assert checks["children_outside_parents"] == checks["repeated_span_ids"] == 0
    for name in SIGNALS:
        assert received["signals"][name]["events"] == sent["signals"][name]["acked"]


def children(sender: Running) -> list[int]:
    """Return the processes that a sender has started."""
    pid = sender.process.pid
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_for_traffic(sender: Running, peer: ReceiverProcess, ticks: int = 20) -> None:
    """Wait until the receiver has worked for a while: it decodes what comes in."""
    idle = peer.running.cpu_ticks()
    sender.wait_until("traffic", lambda: peer.running.cpu_ticks() > idle + ticks)


def gone(pids: list[int]) -> bool:
    """Tell whether none of the processes runs any more, waiting for the last of them."""
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("processes", [2, 3])
def test_passes_are_exact(
    tmp_path: Path, templates: Path, peer: ReceiverProcess, processes: int
) -> None:
    """Every event of every signal arrives three times, whoever sends it, and links resolve."""
    report = tmp_path / "sender.json"
    flags = ("--processes", str(processes))
    done = command(tmp_path, templates, peer.grpc, report, *flags, multiplier=3)
    with running("sender", done, tmp_path / "out.log") as sender:
        assert sender.process.wait(60) == 0
    sent, received = balanced(report), peer.finish()
    manifest = load_manifest(templates / "small-metadata.yaml")
    for name in SIGNALS:
        events = 3 * manifest.files[Signal(name)].events
        assert sent["signals"][name]["acked"] == received["signals"][name]["events"] == events
        assert sent["signals"][name]["passes"] == 3
    assert_whole(sent, received)
    assert received["ledger"]["lost"] == received["checks"]["unresolved_parents"] == 0
    for references in received["checks"]["references"].values():
        assert not references["unresolved"]
    assert sent["outcome"] == "completed"
    assert [each["outcome"] for each in sent["processes"]] == ["completed"] * processes
    acked = [sum(each["acked"].values()) for each in sent["processes"]]
    assert sum(acked) == sent["totals"]["acked"]
    assert min(acked) > 0


def test_the_rate_is_that_of_all_processes_together(
    tmp_path: Path, templates: Path, peer: ReceiverProcess
) -> None:
    report = tmp_path / "sender.json"
    paced = {"rate_limit": {"events_per_second": 3000}, "duration": "2s", "processes": 3}
    with running(
        "sender", command(tmp_path, templates, peer.grpc, report, **paced), tmp_path / "out.log"
    ) as sender:
        assert sender.process.wait(60) == 0
    sent, received = balanced(report), peer.finish()
    assert sent["totals"]["scheduled"] == pytest.approx(6000, rel=0.02)
    assert_whole(sent, received)


def test_more_processes_than_blocks_send_everything_too(
    tmp_path: Path, templates: Path, peer: ReceiverProcess
) -> None:
    report = tmp_path / "sender.json"
    whole = {"traces": 1000, "metrics": 1000, "logs": 1000}
    line = command(
        tmp_path, templates, peer.grpc, report, multiplier=2, processes=4, batch_size=whole
    )
    with running("sender", line, tmp_path / "out.log") as sender:
        assert sender.process.wait(60) == 0
    sent, received = balanced(report), peer.finish()
    assert "of 4 processes have blocks to send" in sender.output()
    assert {name: sent["signals"][name]["passes"] for name in SIGNALS} == dict.fromkeys(SIGNALS, 2)
    assert_whole(sent, received)


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


def test_an_endpoint_that_nobody_reaches_is_one_line(tmp_path: Path, templates: Path) -> None:
    """Whichever process says so first; exit code 1, no report, nobody left behind."""
    report = tmp_path / "sender.json"
    address = f"127.0.0.1:{free_port()}"
    line = command(tmp_path, templates, address, report, "--set", "otlp.connect_timeout=0.3",
                   "--processes", "2")  # fmt: skip
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    (error,) = done.stderr.splitlines()
    assert error.startswith(f"error: otlp.endpoint {address}: ")
    assert not report.exists()
    listing = subprocess.run(
        ["ps", "-eo", "args"], capture_output=True, text=True, check=True
    ).stdout
    assert str(report) not in listing


def test_the_templates_are_in_memory_once(tmp_path: Path) -> None:
    """A compressed set is unpacked by the parent alone; children share its bytes and its plan."""
    generate(tmp_path, "traces.count=20000", "output.compression=zstd")
    (traces,) = tmp_path.glob("*-traces.pb.zst")
    size = load_manifest(find_manifest(tmp_path)).files[Signal.TRACES].bytes
    config = tmp_path / "sender.yaml"
    sending = {"rate_limit": {"events_per_second": 100_000}, "processes": 2}
    content = {"input": {"traces": str(traces)}, "sink": "discard", "sending": sending}
    config.write_text(yaml.safe_dump(content | {"otlp": {"endpoint": "127.0.0.1:1"}}))
    line = sender_command("--config", config)
    with running("sender", line, tmp_path / "out.log") as sender:
        sender.wait_until("statistics", lambda: "[   5s]" in sender.output())
        pids = children(sender)
        mapped = [shared_files(pid) for pid in pids]
        private = [private_bytes(pid) for pid in pids]
        assert sender.stop() == 0
    assert mapped[0] == mapped[1] != {}
    assert any(0 <= each - size < PAGE for each in mapped[0].values())
    assert max(private) < size / 2


def shared_files(pid: int) -> dict[str, int]:
    """Return the sizes of the files that a process has mapped to share them, by their identity."""
    found = {}
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        place, flags, _, device, inode, *_ = line.split()
        if flags == "r--s":
            start, _, end = place.partition("-")
            found[f"{device} {inode}"] = int(end, 16) - int(start, 16)
    return found


def private_bytes(pid: int) -> int:
    """Return how much memory a process has for itself alone."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


@pytest.mark.parametrize("processes", [1, 2])
def test_shards_are_one_run_together(tmp_path: Path, templates: Path, processes: int) -> None:
    """Three instances with resources of their own; the merged report fits what arrived."""
    with receiving(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        reports = []
        for number in range(3):
            report = tmp_path / f"shard-{number}.json"
            line = command(
                tmp_path, templates, peer.grpc, report, "--shard", f"{number}/3",
                multiplier=2, processes=processes, distinct_resources=True,
            )  # fmt: skip
            with running("sender", line, tmp_path / f"{number}.log") as sender:
                assert sender.process.wait(60) == 0
            reports.append(report)
        received = peer.finish()
    merged = tmp_path / "merged.json"
    line = sender_command("merge", *reports, "--report", merged)
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
    sent = balanced(merged)
    assert {name: sent["signals"][name]["passes"] for name in SIGNALS} == dict.fromkeys(SIGNALS, 2)
    assert_whole(sent, received)
    assert received["ledger"]["lost"] == 0


def test_a_shard_needs_the_seed_of_its_run(tmp_path: Path, templates: Path) -> None:
    line = command(tmp_path, templates, "127.0.0.1:1", tmp_path / "r.json", "--shard", "0/2")
    without = [part for part in line if part not in ("--run-seed", str(SEED))]
    done = subprocess.run(without, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "give --run-seed" in done.stderr


def test_the_number_of_a_shard_comes_from_the_indexed_job(tmp_path: Path, templates: Path) -> None:
    report = tmp_path / "sender.json"
    line = command(tmp_path, templates, "127.0.0.1:1", report, "--shard", "auto/4",
                   "--set", "sink=discard", multiplier=1)  # fmt: skip
    environment = {**os.environ, "JOB_COMPLETION_INDEX": "2"}
    subprocess.run(line, check=True, env=environment, stdout=subprocess.DEVNULL, timeout=60)
    assert balanced(report)["run"]["shard"] == "2/4"
    del environment["JOB_COMPLETION_INDEX"]
    done = subprocess.run(
        line, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "JOB_COMPLETION_INDEX is not set" in done.stderr


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


def test_no_secret_is_in_the_arguments_or_the_report(
    tmp_path: Path, templates: Path, peer: ReceiverProcess
) -> None:
    """Children get the configuration through a socket: anybody may read their arguments."""
    secret, report = "s3cret-of-many", tmp_path / "sender.json"
    config = tmp_path / "headers.yaml"
    line = command(tmp_path, templates, peer.grpc, report, processes=2)
    content = yaml.safe_load((tmp_path / "sender.yaml").read_text())
    content["otlp"]["headers"] = {"x-api-key": secret}
    config.write_text(yaml.safe_dump(content))
    line[line.index("--config") + 1] = str(config)
    with running("sender", line, tmp_path / "out.log") as sender:
        wait_for_traffic(sender, peer, ticks=5)
        arguments = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children(sender)]
        assert sender.stop() == 0
    assert len(arguments) == 2
    assert all(secret.encode() not in each for each in arguments)
    assert secret not in report.read_text() + sender.output()
