"""`telemetry-sender sinks` tells what there is and what it can be told."""

import json

import pytest
from click.testing import CliRunner

from telemetry_sender.cli import cli
from telemetry_sender.sinks.built_in import BUILT_IN
from telemetry_sender.sinks.command import options_of


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(cli, ["sinks", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_every_sink_is_listed_with_what_it_is() -> None:
    listed = json.loads(printed("--json"))
    assert {each["name"]: each["summary"] for each in listed} == {
        name: sink.summary for name, sink in BUILT_IN.items()
    }
    text = printed()
    assert all(name in text for name in BUILT_IN)


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_a_sink_shows_all_its_options(name: str) -> None:
    shown = json.loads(printed(name, "--json"))
    assert [each["name"] for each in shown["options"]] == [each.name for each in options_of(name)]
    assert all(each["meaning"] for each in shown["options"])
    text = printed(name)
    assert all(each["name"] in text for each in shown["options"])


def test_options_are_named_as_the_command_line_takes_them() -> None:
    options = {each.name: each for each in options_of("ndjson")}
    assert options["directory"].is_required
    assert options["roll.size"].default == 0
    assert options["compression"].default == "none"


def test_an_unknown_sink_is_refused_with_those_that_there_are() -> None:
    result = CliRunner().invoke(cli, ["sinks", "kafka"])
    assert result.exit_code != 0
    assert "no sink is called 'kafka'" in str(result.exception)
    assert "ndjson" in str(result.exception)
