"""The README tells the truth: its commands work as they stand and print what it shows."""

import subprocess
import sys
from pathlib import Path

import pytest

from integration.processes import free_port
from readme_blocks import ROOT, ReadmeBlock, readme_blocks, shape

BLOCK_SECONDS = 100

_DEFAULT_PORTS = ("4317", "4318")
_BLOCKS = readme_blocks()
_GENERATE = next(block for block in _BLOCKS if block.heading == "Generate a set")
# `make` installs and tests everything: run by CI itself, and the demo by a test of its own.
_RUN = [block for block in _BLOCKS if block.reason is None and "make " not in block.commands]
_NOT_RUN = [block for block in _BLOCKS if block not in _RUN]


def _heading(block: ReadmeBlock) -> str:
    return block.heading


class Checkout:
    """A directory that looks like a clone after `make install`, with a port of its own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ports = {port: str(free_port()) for port in _DEFAULT_PORTS}
        (directory / ".venv").symlink_to(Path(sys.executable).parents[1])
        (directory / "templates").symlink_to(ROOT / "templates")
        (directory / "configs").mkdir()
        for file in (ROOT / "configs").glob("*.*"):
            self._write(directory / "configs" / file.name, file.read_text())

    def _write(self, path: Path, text: str) -> None:
        for port, own in self._ports.items():
            text = text.replace(port, own)
        path.write_text(text)

    def run(self, commands: str) -> list[str]:
        """Run commands as a shell script that stops at the first failure; return its output."""
        script = self._directory / "block.sh"
        self._write(script, commands.replace("receive --", "receive --grpc 127.0.0.1:4317 --"))
        done = subprocess.run(
            ["bash", "-euo", "pipefail", script],
            cwd=self._directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BLOCK_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"code {done.returncode}:\n{commands}\n{done.stdout}"
        return done.stdout.splitlines()


@pytest.mark.parametrize("block", _RUN, ids=_heading)
def test_commands_work_and_print_what_the_readme_shows(block: ReadmeBlock, tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    if block is not _GENERATE:
        checkout.run(_GENERATE.commands)
    printed = [shape(line) for line in checkout.run(block.commands)]
    position = 0
    for line in block.shown:
        assert line in printed[position:], "\n".join([f"no line like {line!r} in:", *printed])
        position = printed.index(line, position) + 1


@pytest.mark.parametrize("block", _NOT_RUN, ids=_heading)
def test_commands_that_are_not_run_are_valid_shell(block: ReadmeBlock) -> None:
    subprocess.run(["bash", "-n"], input=block.commands, text=True, check=True)


def test_the_readme_begins_with_demo_and_tests() -> None:
    assert [block.commands for block in _BLOCKS[:2]] == ["make demo\n", "make test\n"]


def test_only_what_needs_more_than_this_machine_is_not_run() -> None:
    reasons = {block.reason for block in _NOT_RUN if block.reason}
    assert reasons == {"needs Docker", "needs an endpoint with TLS"}
