"""Runs with several processes for tests: their commands, and whether what they report is whole."""

import json
import time
from pathlib import Path
from typing import Any

import yaml

from integration.processes import Running, sender_command
from receivers import ReceiverProcess

SEED = 31_415
SIGNALS = ("traces", "metrics", "logs")
FAULTS = ("duplicated", "foreign", "trace_id_mismatches", "parent_id_mismatches")


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
