"""The files of the project and the commands it installs, for the tests that look at all of them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import click

from telemetry_generator.cli import command as generator
from telemetry_sender.cli import cli as sender

ROOT = Path(__file__).parents[1]
COMMANDS: dict[str, click.Command] = {"telemetry-generator": generator, "telemetry-sender": sender}


def project_files(*patterns: str) -> list[Path]:
    """Return the files that belong to the project: tracked by git, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def all_commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command and subcommand with its full name."""
    for name, command in COMMANDS.items():
        yield name, command
        if isinstance(command, click.Group):
            context = click.Context(command)
            for child in command.list_commands(context):
                found = command.get_command(context, child)
                assert found is not None, child
                yield f"{name} {child}", found
