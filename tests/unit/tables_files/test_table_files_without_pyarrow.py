"""Without pyarrow the sinks of tables can be listed, and say what is missing when they are used."""

import subprocess
import sys
from pathlib import Path

import pytest

from core_support import COMMITTED

WITHOUT = """
import sys
sys.modules["pyarrow"] = None
from telemetry_sender.cli import main
sys.argv = ["telemetry-sender", *sys.argv[1:]]
main()
"""


def sender(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["arrow", "parquet"])
def test_the_options_can_be_listed(name: str) -> None:
    ended = sender("sinks", name)
    assert ended.returncode == 0, ended.stderr
    assert "row_group" in ended.stdout


@pytest.mark.parametrize("name", ["arrow", "parquet"])
def test_a_run_says_what_to_install(name: str, tmp_path: Path) -> None:
    config = tmp_path / "sender.yaml"
    config.write_text(f"input: {{traces: {COMMITTED}/small-traces.pb}}")
    ended = sender("--config", str(config), "--sink", f"{name}:directory={tmp_path}/out")
    assert ended.returncode == 2
    assert "pip install 'otlp-stampede[tables]'" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "out").exists()
