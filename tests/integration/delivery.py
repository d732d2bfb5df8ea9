"""A real replay through a real collector, with the receiver behind it as the judge."""

import json
import subprocess
from pathlib import Path
from typing import Any

from integration.processes import Receiver, generator_command, sender_command

SEED = 2_718


def generate(directory: Path, *settings: str) -> Path:
    """Generate the small example set into `directory`."""
    config = Path(__file__).parents[2] / "configs" / "generator-small.yaml"
    overrides = [f"--set={setting}" for setting in settings]
    command = generator_command("--config", config, "--output-dir", directory, *overrides)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return directory


def send(directory: Path, address: str, *settings: str) -> Path:
    """Replay the set in `directory` into `address` with run seed SEED; return the report file."""
    config, report = directory / "sender.yaml", directory / "sender.json"
    signals = ("traces", "metrics", "logs")
    inputs = {signal: str(directory / f"telemetry-{signal}.pb") for signal in signals}
    otlp = {"endpoint": address, "insecure": True}
    config.write_text(json.dumps({"input": inputs, "otlp": otlp}))
    options = [f"--set={setting}" for setting in settings]
    files = ("--config", config, "--report", report)
    command = sender_command(*files, "--run-seed", str(SEED), *options)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return report


def reconciled(sender_report: Path, receiver: Receiver) -> dict[str, Any]:
    """Return the verdict of `reconcile` on a finished receiver; fails unless it is a clean one."""
    receiver.finish()
    command = sender_command("reconcile", sender_report, receiver.report_file, "--json")
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    verdict: dict[str, Any] = json.loads(done.stdout)
    return verdict
