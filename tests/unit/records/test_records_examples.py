"""The records that docs/records.md shows are real: lines of the files that its command writes."""

import re
import shlex
from pathlib import Path

import pytest

from project_files import ROOT
from telemetry_sender.cli import execute

_PAGE = (ROOT / "docs" / "records.md").read_text()
_STREAMS = {"metrics", "logs", "traces", "events"}
_COMMAND = re.search(
    r"^```sh\ntelemetry-sender (?P<options>[^`]*templates/small[^`]*)^```", _PAGE, re.M
)

all_dialects = pytest.mark.parametrize("dialect", ["flat", "triage", "melt", "telegen"])


def shown(dialect: str) -> list[str]:
    """Return the lines that the page shows of a dialect."""
    section = re.search(rf"^## The dialect `{dialect}`\n(.*?)(?=^## |\Z)", _PAGE, re.M | re.S)
    assert section is not None
    return "".join(re.findall(r"^```json\n(.*?)^```", section[1], re.M | re.S)).splitlines()


def written(dialect: str, folder: Path) -> dict[str, set[str]]:
    """Run the page's command, for this dialect, and return the lines of each stream's file."""
    assert _COMMAND is not None
    (folder / "templates").symlink_to(ROOT / "templates")
    (folder / "configs").symlink_to(ROOT / "configs")
    options = _COMMAND["options"].replace("triage", dialect).replace("\\\n", " ")
    assert execute(shlex.split(options)) == 0
    files = list((folder / "written" / dialect).iterdir())
    assert len(files) == len(_STREAMS)
    return {
        stream: set(file.read_text().splitlines())
        for stream in _STREAMS
        for file in files
        if stream in file.name
    }


@all_dialects
def test_the_page_shows_a_real_record_of_each_stream(
    dialect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = written(dialect, tmp_path)
    lines = shown(dialect)
    assert len(lines) == len(_STREAMS)
    found = [{stream for stream, texts in files.items() if line in texts} for line in lines]
    assert set().union(*found) == _STREAMS
    assert all(found)


@all_dialects
def test_the_page_names_every_member_of_a_record(dialect: str) -> None:
    """In the tables below the records, or where it tells what all have in common."""
    for line in shown(dialect):
        for name in re.findall(r'[{,]"(\w+)":', line):
            assert f"`{name}`" in _PAGE
