"""Processes that do not get ready."""

import os
from pathlib import Path

import pytest

from core_support import copy_committed
from sender_results import make_config
from telemetry_common.errors import RunError
from telemetry_sender.processes import parent
from telemetry_sender.run import run


def test_a_run_does_not_wait_for_ever_until_its_processes_are_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom it waited for is named, and nobody is left behind."""
    monkeypatch.setattr(parent, "_STARTING_SECONDS", -0.9)
    files = {str(signal): str(file) for signal, file in copy_committed(tmp_path).items()}
    config = make_config(
        input=files,
        sinks="discard",
        otlp={"endpoint": "127.0.0.1:1", "connect_timeout": 1.0},
        sending={"processes": 2, "batch_size": {"traces": 2}},
    )
    before = _children()
    with pytest.raises(RunError, match="process 0, process 1: not ready in time"):
        run(config, seed=1, environ=os.environ, out=lambda _: None)
    assert _children() <= before


def _children() -> set[str]:
    """Return the children of this process, those that nobody has waited for included."""
    lists = [file.read_text() for file in Path("/proc/self/task").glob("*/children")]
    return {number for text in lists for number in text.split()}
