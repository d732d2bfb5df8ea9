"""Runs the sender as a process of its own and returns its report."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from integration.processes import sender_command
from telemetry_common.signals import Signal


def send(files: Mapping[Signal, Path], endpoint: str, **settings: str | float) -> dict[str, Any]:
    """Replay `files` into `endpoint` with settings (dots written as `__`); return the report."""
    with tempfile.TemporaryDirectory() as folder:
        config, report = Path(folder) / "sender.yaml", Path(folder) / "report.json"
        inputs = {str(signal): str(path) for signal, path in files.items()}
        otlp = {"endpoint": endpoint, "insecure": True, "max_message_size": "60MB"}
        config.write_text(json.dumps({"input": inputs, "otlp": otlp}))
        options = [f"--set={key.replace('__', '.')}={value}" for key, value in settings.items()]
        command = sender_command("--config", config, "--report", report, *options)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        result: dict[str, Any] = json.loads(report.read_text())
    return result
