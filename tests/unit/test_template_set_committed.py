"""The committed template set is what the generator writes today, byte for byte."""

import re
from pathlib import Path

from telemetry_common.manifest import load_manifest, manifest_path
from telemetry_generator import cli

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
CONFIG = ROOT / "configs" / "generator-committed.yaml"
NOT_OF_THE_SET = re.compile(r"\.plan\.npz$|\.md$")


def committed() -> dict[str, bytes]:
    found = [path for path in TEMPLATES.iterdir() if not NOT_OF_THE_SET.search(path.name)]
    return {path.name: path.read_bytes() for path in found}


def test_the_committed_set_is_reproduced_byte_for_byte(tmp_path: Path) -> None:
    arguments = ["--config", str(CONFIG), "--output-dir", str(tmp_path)]
    assert cli.exit_code(arguments) == 0
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made.keys() == committed().keys()
    differing = [name for name, data in committed().items() if made[name] != data]
    assert differing == []


def test_the_committed_set_is_small_and_holds_every_signal() -> None:
    assert sum(map(len, committed().values())) < 250_000
    manifest = load_manifest(manifest_path(TEMPLATES, "small"))
    assert set(manifest.files) == {"traces", "metrics", "logs", "profiles"}
    assert all(entry.events > 0 for entry in manifest.files.values())
