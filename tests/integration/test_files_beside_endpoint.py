"""Files beside an endpoint hold what the endpoint accepted, event for event."""

import json
import subprocess
from pathlib import Path
from typing import Any

from integration.many_processes import SEED
from integration.processes import sender_command
from receivers import ReceiverProcess, receiving

SIGNALS = ("traces", "metrics", "logs")


def send(folder: Path, templates: Path, endpoint: str, *sinks: str) -> dict[str, Any]:
    """Send five passes to the endpoint and these sinks; return the report."""
    config, report = folder / "sender.yaml", folder / "sender.json"
    content = {
        "input": {name: str(templates / f"small-{name}.pb") for name in SIGNALS},
        "otlp": {"endpoint": endpoint, "insecure": True},
        "sending": {
            "multiplier": 5,
            "rate_limit": {"events_per_second": 0},
            "batch_size": {"traces": 2, "metrics": 10, "logs": 10},
            "retry": {"initial_backoff": "1ms", "max_backoff": "2ms", "budget": 0},
        },
    }
    config.write_text(json.dumps(content))
    chosen = [part for sink in sinks for part in ("--sink", sink)]
    options = ("--run-seed", str(SEED), "--report", report)
    line = sender_command("--config", config, *chosen, *options)
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def lines(directory: Path) -> list[dict[str, Any]]:
    """Return all records of NDJSON files."""
    files = sorted(directory.glob("*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def span_ids(directory: Path) -> list[str]:
    return [each["span_id"] for each in lines(directory) if "kind" in each]


def test_the_endpoint_and_the_files_get_the_same_events(
    tmp_path: Path, templates: Path, peer: ReceiverProcess
) -> None:
    """The ledger of the receiver says that all of the run arrived, and the files hold as many."""
    out = tmp_path / "out"
    sent = send(tmp_path, templates, peer.grpc, f"ndjson:directory={out}", "otlp")
    received = peer.finish()
    assert sent["totals"]["acked"] == sent["totals"]["scheduled"] == len(lines(out))
    assert received["ledger"]["unique"] == sent["signals"]["traces"]["acked"]
    ids = span_ids(out)
    assert len(ids) == len(set(ids)) == received["ledger"]["unique"]


def test_what_the_endpoint_refuses_is_in_no_file(tmp_path: Path, templates: Path) -> None:
    """Some requests are refused for good, others once: those are tried again, and written once."""
    faults = ("--fault", "invalid_argument,probability=0.2",
              "--fault", "unavailable,probability=0.2")  # fmt: skip
    out = tmp_path / "out"
    with receiving(tmp_path, "--templates", templates, "--run-seed", str(SEED), *faults) as peer:
        sent = send(tmp_path, templates, peer.grpc, "otlp", f"ndjson:directory={out}")
        received = peer.finish()
    totals = sent["totals"]
    assert totals["failed"] > 0
    assert totals["retried"] > 0
    assert totals["acked"] == len(lines(out)) > 0
    ids = span_ids(out)
    assert len(ids) == len(set(ids)) == received["ledger"]["unique"]
