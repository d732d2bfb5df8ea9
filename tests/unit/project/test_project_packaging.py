"""Versions, pins, make targets and the scripts around the code fit together."""

import os
import re
import subprocess
import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement

from project_files import COMMANDS, ROOT, project_files
from telemetry_common import __version__

_PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
_PROJECT = _PYPROJECT["project"]
# What the receiver may share with plan and stamper: ids, manifest, and what knows no OTLP bytes.
_SHARED = {
    "addresses", "compression", "config", "documents", "errors", "files", "ids", "interrupts",
    "lazy_group", "manifest", "mapped", "markup", "options", "page", "printing", "scratch",
    "signals", "units", "versions", "zstd_frames",
}  # fmt: skip
_MAKEFILE = (ROOT / "Makefile").read_text()


def test_the_version_is_the_same_everywhere() -> None:
    assert _PROJECT["version"] == __version__ == version("otlp-stampede")
    assert __version__ in (ROOT / "CHANGELOG.md").read_text()
    assert f"otlp-stampede:{__version__}" in (ROOT / "docker-compose.yml").read_text()


def test_the_project_installs_both_commands() -> None:
    assert set(_PROJECT["scripts"]) == set(COMMANDS)


def test_every_dependency_is_pinned_to_a_version_that_it_allows() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    pinned = {_plain(name): pin for name, pin in pins.items()}
    for text in [*_PROJECT["dependencies"], *_PROJECT["optional-dependencies"]["dev"]]:
        wanted = Requirement(text)
        assert pinned[_plain(wanted.name)] in wanted.specifier, text


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_receiver_may_know_no_module_of_the_plan() -> None:
    """A new module in common is out of the receiver's reach unless this test says otherwise."""
    contracts = _PYPROJECT["tool"]["importlinter"]["contracts"]
    oracle = next(each for each in contracts if "independent oracle" in each["name"])
    package = ROOT / "common" / "telemetry_common"
    found = [*package.glob("[!_]*.py"), *(path.parent for path in package.glob("*/__init__.py"))]
    modules = {path.stem for path in found}
    forbidden = {name.removeprefix("telemetry_common.") for name in oracle["forbidden_modules"]}
    assert modules - forbidden == _SHARED


def test_make_alone_lists_every_target() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    phony = re.search(r"^\.PHONY: (.+)$", _MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert re.findall(r"make (\w+)", listed) == phony[1].split()


@pytest.mark.parametrize("script", [".ci/run", "tests/integration/collector/build"])
def test_scripts_are_executable_and_stop_at_the_first_failure(script: str) -> None:
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in path.read_text()
    subprocess.run(["bash", "-n", path], check=True)


def test_files_that_make_and_ci_run_exist() -> None:
    named = re.findall(r"(?:tests|docs)/[\w/.-]+", _MAKEFILE + (ROOT / ".ci/run").read_text())
    assert named
    assert all((ROOT / name).exists() for name in named)


@pytest.mark.parametrize(
    ("pattern", "meaning"),
    [
        (r"\b(TO[D]O|FIX[M]E|X[X]X)\b", "unfinished work"),
        (r"(?<![\w.*~])/(work|root|mnt|Users)/", "a directory of one machine"),
    ],
)
def test_no_file_mentions(pattern: str, meaning: str) -> None:
    texts = [path for path in project_files() if path.suffix not in (".pb", ".npz")]
    found = [path for path in texts if re.search(pattern, path.read_text())]
    assert not found, meaning
