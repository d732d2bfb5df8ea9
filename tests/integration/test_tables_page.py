"""What docs/tables.md shows works as it stands there."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core_support import COMMITTED, COMMITTED_SIGNALS
from integration.processes import generator_command
from project_files import ROOT
from telemetry_sender.cli import execute

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_BLOCKS = _BLOCK.findall((ROOT / "docs" / "tables.md").read_text())
PYTHON = [text for language, text in _BLOCKS if language == "python"]
(MACHINES_YAML,) = [text for language, text in _BLOCKS if language == "yaml"]
(MACHINES_SQL,) = [text for language, text in _BLOCKS if language == "sql"]
*SHOWN, MACHINES = PYTHON
(WRITING,) = [text for language, text in _BLOCKS if language == "sh" and "--sink" in text]

COLUMNS = [
    *("timestamp", "machine_id", "machine_type", "zone", "region"),
    *("cpu_percent", "memory_percent", "disk_percent", "network_in_mbps", "network_out_mbps"),
    *("request_count", "error_count", "latency_p50", "latency_p99"),
]


@pytest.fixture
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work where the sets are that the page speaks of."""
    (tmp_path / "templates").symlink_to(COMMITTED)
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    (tmp_path / "generated").mkdir()
    for signal in COMMITTED_SIGNALS:
        file = tmp_path / "generated" / f"telemetry-{signal}.pb"
        file.symlink_to(COMMITTED / f"small-{signal}.pb")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_in_a_folder")
def test_commands_and_programs_run_one_after_another() -> None:
    for command in WRITING.replace("\\\n", "").splitlines():
        assert execute(shlex.split(command)[1:]) == 0
    for program in SHOWN:
        exec(program, {})


def test_metrics_become_a_table_of_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row for each machine and minute, whose values are what their names say."""
    monkeypatch.chdir(tmp_path)
    Path("machines.yaml").write_text(MACHINES_YAML)
    Path("machines.sql").write_text(MACHINES_SQL)
    command = generator_command("--config", "machines.yaml", "--output-dir", "machines")
    subprocess.run(command, check=True, capture_output=True)
    names: dict[str, Any] = {}
    exec(MACHINES, names)
    machines = names["machines"]
    assert machines.columns == COLUMNS
    assert machines.height == 4 * 60
    assert machines.n_unique(["timestamp", "machine_id"]) == machines.height
    assert not machines.null_count().sum_horizontal().item()
    for column in ("cpu_percent", "memory_percent", "disk_percent"):
        assert machines[column].is_between(0, 100).all()
    assert (machines["error_count"] <= machines["request_count"]).all()
    assert (machines["latency_p50"] <= machines["latency_p99"]).all()
    assert (machines["network_in_mbps"] > 0).all()
