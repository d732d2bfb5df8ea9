"""Subcommands are imported when they are called, and not before."""

import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from telemetry_common.lazy_group import LazyCommand, LazyGroup

MODULE = "lazy_command_for_a_test"


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LazyGroup:
    """Return a group with one command, whose module nobody has imported yet."""
    source = "import click\n\n@click.command()\ndef hello():\n    click.echo('hi')\n"
    (tmp_path / f"{MODULE}.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    return LazyGroup("group", lazy={"hello": LazyCommand(f"{MODULE}:hello", "Say hi.")})


def test_help_lists_a_command_without_importing_it(group: LazyGroup) -> None:
    result = CliRunner().invoke(group, ["--help"])
    assert result.exit_code == 0
    assert "hello  Say hi." in result.output
    assert MODULE not in sys.modules


def test_a_called_command_is_imported_and_runs(group: LazyGroup) -> None:
    assert CliRunner().invoke(group, ["hello"]).output == "hi\n"


def test_an_unknown_command_is_a_usage_error(group: LazyGroup) -> None:
    result = CliRunner().invoke(group, ["helo"])
    assert result.exit_code == 2
    assert "No such command 'helo'" in result.output


def test_all_commands_of_the_sender_can_be_loaded() -> None:
    from telemetry_sender.cli import cli  # noqa: PLC0415 - only this test needs it

    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert command.help
