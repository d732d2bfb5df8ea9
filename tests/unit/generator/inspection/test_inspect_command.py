"""`telemetry-generator inspect`: tables, page and document."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from handmade_set import HandmadeSet
from no_progress import NoProgress
from telemetry_common.errors import RunError, TemplateError
from telemetry_generator.inspection import inspect_set
from telemetry_generator.inspection.command import inspect
from telemetry_generator.inspection.words import brief, distinct, duration, share


def run(*arguments: str | Path) -> Result:
    shown = {"COLUMNS": "160"}
    texts = [str(each) for each in arguments]
    return CliRunner(env=shown).invoke(inspect, texts, standalone_mode=False)


@pytest.fixture
def hand(tmp_path: Path) -> Path:
    return HandmadeSet().write(tmp_path / "set")


def test_tables_show_every_part_of_a_set(hand: Path) -> None:
    text = run(hand).stdout
    for title in ("Traces", "Services", "Calls", "Metrics", "Log records", "Profiles"):
        assert f"\n{title}" in text
    assert "postgresql pay  database" in text
    assert "Attribute cardinality" in text
    assert "\x1b" not in text, "plain text where it is piped"


def test_a_narrow_terminal_cuts_texts_and_not_numbers(hand: Path) -> None:
    result = CliRunner(env={"COLUMNS": "60"}).invoke(inspect, [str(hand)], standalone_mode=False)
    assert all(len(line.rstrip()) <= 60 for line in result.stdout.splitlines()[1:])
    assert "100 ms" in result.stdout


def test_names_from_a_file_are_not_taken_for_markup(tmp_path: Path) -> None:
    hand = HandmadeSet()
    hand.metric("gc.pause").name = "[red]gc[/nonsense]\x1b[31m"
    text = run(hand.write(tmp_path)).stdout
    assert "[red]gc[/nonsense]" in text
    assert "\x1b" not in text


def test_the_document_holds_everything(hand: Path) -> None:
    document = json.loads(run(hand, "--json", "-").stdout)
    assert document == json.loads(json.dumps(asdict(inspect_set(hand, NoProgress()))))


def test_the_page_is_written_whole(hand: Path, tmp_path: Path) -> None:
    file = tmp_path / "set.html"
    result = run(hand, "--html", file)
    assert result.return_value is None
    text = file.read_text()
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")


def test_a_page_that_cannot_be_written_fails_the_run(hand: Path, tmp_path: Path) -> None:
    result = run(hand, "--html", tmp_path / "no" / "set.html")
    assert isinstance(result.exception, RunError)


def test_a_set_that_is_damaged_leaves_the_old_page(hand: Path, tmp_path: Path) -> None:
    file = tmp_path / "set.html"
    file.write_text("old")
    (hand / "hand-traces.pb").write_bytes(b"\xff")
    assert isinstance(run(hand, "--html", file).exception, TemplateError)
    assert file.read_text() == "old"


def test_no_set_is_the_users_mistake(tmp_path: Path) -> None:
    assert isinstance(run(tmp_path).exception, TemplateError)


def test_numbers_read_well() -> None:
    assert [duration(nanos) for nanos in (0, 999, 1_234, 45_600_000, 2_000_000_000)] == [
        "0 s",
        "999 ns",
        "1.23 µs",
        "45.6 ms",
        "2.00 s",
    ]
    assert [share(part, 1000) for part in (0, 0.5, 31, 1000)] == ["0 %", "<0.1 %", "3.1 %", "100 %"]
    assert [brief(number) for number in (7, 950, 1_234, 34_000_000)] == ["7", "950", "1.2k", "34M"]
    assert distinct(5, exact=False) == "≈ 5"
