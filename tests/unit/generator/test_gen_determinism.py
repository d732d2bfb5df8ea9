"""Same configuration and seed, same bytes: in one process, in another, whatever the directory."""

import os
import subprocess
import sys
from pathlib import Path

from generator_support import configuration, generate, template_files

CONFIG = """
seed: 1
traces: {count: 40}
metrics: {metric_count: 20, timeseries_per_metric: {min: 3, max: 9, default: 6}}
logs:
  count: 100
  types:
    http_access: {percentage: 40}
    application: {percentage: 40}
    system: {percentage: 20}
"""


def run(config: Path, directory: Path, hash_seed: str) -> None:
    arguments = ["--config", str(config), "--output-dir", str(directory), "--json"]
    command = [sys.executable, "-m", "telemetry_generator.cli", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    subprocess.run(command, check=True, capture_output=True, env=environment)


def test_same_seed_same_bytes_in_one_process(tmp_path: Path) -> None:
    for name in ("a", "b"):
        generate(tmp_path / name, configuration(), with_json=True)
    assert template_files(tmp_path / "a") == template_files(tmp_path / "b")


def test_same_seed_same_bytes_in_another_process(tmp_path: Path) -> None:
    """Another hash seed changes the order of sets and of nothing else."""
    config = tmp_path / "generator.yaml"
    config.write_text(CONFIG)
    for name in ("1", "2"):
        run(config, tmp_path / name, hash_seed=name)
    files = template_files(tmp_path / "1")
    assert len(files) == 7
    assert files == template_files(tmp_path / "2")


def test_another_seed_changes_every_file(tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(tmp_path / str(seed), configuration(seed=seed))
    first, second = template_files(tmp_path / "1"), template_files(tmp_path / "2")
    assert first.keys() == second.keys()
    assert all(first[name] != second[name] for name in first)
