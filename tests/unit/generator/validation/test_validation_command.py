"""`telemetry-generator validate`: its exit codes, its table and its document."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from handmade_set import HandmadeSet, span_id
from project_files import ROOT
from telemetry_common.errors import RunError, UsageError
from telemetry_generator.validation import Kind
from telemetry_generator.validation.command import validate

_SCHEMA = json.loads((ROOT / "docs/schemas/validation.schema.json").read_text())


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(validate, [str(each) for each in arguments], standalone_mode=False)


def broken(directory: Path) -> Path:
    hand = HandmadeSet()
    hand.spans[5].parent_span_id = span_id(99)
    return hand.write(directory)


def test_a_sound_set_is_exit_code_0(tmp_path: Path) -> None:
    result = run(HandmadeSet().write(tmp_path))
    assert result.return_value == 0
    assert "sound: " in result.stdout
    assert "6 spans" in result.stdout


def test_a_set_that_is_not_sound_is_exit_code_1_and_shows_place_and_fix(tmp_path: Path) -> None:
    result = run(broken(tmp_path))
    assert result.return_value == 1
    assert span_id(5).hex() in result.stdout
    assert Kind.PARENT.fix in result.stdout
    assert "not sound: 1 finding" in result.stdout


def test_no_set_is_the_users_mistake(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path).exception, UsageError)
    assert isinstance(run(tmp_path / "nowhere").exception, UsageError)


@pytest.mark.parametrize("make", [broken, HandmadeSet().write])
def test_the_document_fits_its_schema(make: Any, tmp_path: Path) -> None:
    file = tmp_path / "findings.json"
    result = run(make(tmp_path / "set"), "--json", file)
    document = json.loads(file.read_text())
    jsonschema.validate(document, _SCHEMA)
    assert document["sound"] is (result.return_value == 0)
    assert sum(document["counts"].values()) == len(document["findings"])


def test_the_schema_knows_every_kind() -> None:
    assert _SCHEMA["$defs"]["kind"]["enum"] == [str(kind) for kind in Kind]


def test_the_document_on_standard_output_stands_alone(tmp_path: Path) -> None:
    result = run(broken(tmp_path), "--json", "-")
    assert json.loads(result.stdout)["counts"] == {"parent": 1}


def test_a_document_that_cannot_be_written_fails_the_run(tmp_path: Path) -> None:
    result = run(broken(tmp_path), "--json", tmp_path / "no" / "findings.json")
    assert isinstance(result.exception, RunError)


def test_findings_beyond_the_limit_are_counted(tmp_path: Path) -> None:
    hand = HandmadeSet()
    for number in (4, 5):
        hand.spans[number].parent_span_id = span_id(99)
    result = run(hand.write(tmp_path), "--limit", "1")
    assert "parent: 2 found" in result.stdout
    assert "… and 1 more" in result.stdout


def test_names_from_a_file_are_not_taken_for_markup(tmp_path: Path) -> None:
    hand = HandmadeSet()
    hand.metric("gc.pause").summary.data_points[0].time_unix_nano = 0
    hand.metric("gc.pause").name = "[bold]gc[/nonsense]"
    assert "[bold]gc[/nonsense]" in run(hand.write(tmp_path)).stdout


def test_options_that_do_not_fit_the_path_are_refused(tmp_path: Path) -> None:
    hand = HandmadeSet().write(tmp_path)
    assert isinstance(run(hand, "--set", "seed=1").exception, UsageError)
    configuration = ROOT / "configs" / "generator-small.yaml"
    assert isinstance(run(configuration, "--json", "x").exception, UsageError)


def test_a_configuration_is_checked_and_said_to_generate_what_it_would(tmp_path: Path) -> None:
    configuration = ROOT / "configs" / "generator-small.yaml"
    result = run(configuration, "--set", "metrics=null")
    assert result.return_value == 0, result.exception
    assert "would generate traces: about" in result.stdout
    assert "metrics" not in result.stdout
    assert not list(tmp_path.iterdir())


def test_a_wrong_configuration_is_the_users_mistake() -> None:
    result = run(ROOT / "configs" / "generator-small.yaml", "--set", "traces.cuont=1")
    assert isinstance(result.exception, UsageError)
    assert "did you mean 'count'" in str(result.exception)


def test_the_documentation_explains_every_kind() -> None:
    page = (ROOT / "docs" / "inspect.md").read_text()
    assert all(f"`{kind}`" in page for kind in Kind)
