"""Runs with several processes, against the receiver: exact, in order, and one run together."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from integration.delivery import generate
from integration.many_processes import (
    SEED,
    SIGNALS,
    assert_whole,
    balanced,
    children,
    command,
    wait_for_traffic,
)
from integration.processes import free_port, running, sender_command
from receivers import ReceiverProcess, receiving
from telemetry_common.manifest import find_manifest, load_manifest
from telemetry_common.signals import Signal

PAGE = os.sysconf("SC_PAGE_SIZE")


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
    content = {"input": {"traces": str(traces)}, "sinks": "discard", "sending": sending}
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
                   "--set", "sinks=discard", multiplier=1)  # fmt: skip
    environment = {**os.environ, "JOB_COMPLETION_INDEX": "2"}
    subprocess.run(line, check=True, env=environment, stdout=subprocess.DEVNULL, timeout=60)
    assert balanced(report)["run"]["shard"] == "2/4"
    del environment["JOB_COMPLETION_INDEX"]
    done = subprocess.run(
        line, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "JOB_COMPLETION_INDEX is not set" in done.stderr


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
