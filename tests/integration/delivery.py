"""A real replay through a real collector, with the receiver behind it as the judge."""

import hashlib
import json
import subprocess
from collections.abc import Collection
from pathlib import Path
from typing import Any

from integration.processes import Receiver, generator_command, sender_command
from otlp_events import holders_of
from otlp_profiles import profiles_naming
from receiver_reference import count_samples
from telemetry_common.manifest import ManifestFile, find_manifest, load_manifest
from telemetry_common.signals import Signal

SEED = 2_718


def generate(directory: Path, *settings: str) -> Path:
    """Generate the small example set into `directory`."""
    config = Path(__file__).parents[2] / "configs" / "generator-small.yaml"
    overrides = [f"--set={setting}" for setting in settings]
    command = generator_command("--config", config, "--output-dir", directory, *overrides)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return directory


def with_profiles(directory: Path) -> Path:
    """Add profiles to the set in `directory`, with samples of every seventh span; return it."""
    manifest_file = find_manifest(directory)
    manifest = load_manifest(manifest_file)
    traces = directory / manifest.files[Signal.TRACES].path
    data = profiles_naming(holders_of(Signal.TRACES, traces.read_bytes())[::7])
    raw = data.SerializeToString(deterministic=True)
    file = traces.with_name(traces.name.replace("traces", "profiles"))
    file.write_bytes(raw)
    entry = ManifestFile(
        path=file.name,
        bytes=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        resources=len(data.resource_profiles),
        events=count_samples(data),
    )
    files = {**manifest.files, Signal.PROFILES: entry}
    manifest_file.write_text(manifest.model_copy(update={"files": files}).to_yaml())
    return directory


def send(
    directory: Path, address: str, *settings: str, signals: Collection[Signal] = tuple(Signal)
) -> Path:
    """Replay these signals of the set in `directory` into `address` with run seed SEED.

    Returns the report file.
    """
    config, report = directory / "sender.yaml", directory / "sender.json"
    files = load_manifest(find_manifest(directory)).files
    inputs = {
        str(signal): str(directory / entry.path)
        for signal, entry in files.items()
        if signal in signals
    }
    otlp = {"endpoint": address, "insecure": True}
    config.write_text(json.dumps({"input": inputs, "otlp": otlp}))
    options = [f"--set={setting}" for setting in settings]
    places = ("--config", config, "--report", report)
    command = sender_command(*places, "--run-seed", str(SEED), *options)
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
