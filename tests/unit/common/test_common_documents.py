"""Documents are whole, and what cannot be written is one line that names option and file."""

import json
from pathlib import Path

import pytest

from telemetry_common.documents import check_place, json_text, write_document
from telemetry_common.errors import RunError, UsageError


def test_a_document_is_json_that_ends_with_a_line_break() -> None:
    text = json_text({"name": "größer", "values": [1, None]})
    assert json.loads(text) == {"name": "größer", "values": [1, None]}
    assert "größer" in text
    assert text.endswith("}\n")


def test_numbers_that_json_does_not_have_are_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_text({"rate": float("nan")})


def test_half_a_character_does_not_cost_the_document(tmp_path: Path) -> None:
    """A receiver's message may hold one."""
    file = tmp_path / "report.json"
    write_document(json_text({"message": "\ud800"}), file)
    assert json.loads(file.read_bytes()) == {"message": "?"}


def test_a_full_disk_is_named_with_the_option() -> None:
    with pytest.raises(RunError) as caught:
        write_document("x" * 100_000, Path("/dev/full"), "--html")
    assert str(caught.value) == (
        "--html /dev/full: not written: no space left on device; "
        "make room there or choose another place"
    )


def test_a_place_that_is_none_is_refused_beforehand(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--report .*: no such directory; choose another place"):
        check_place(tmp_path / "nowhere" / "report.json")
    with pytest.raises(UsageError, match=r"--html .*: is a directory"):
        check_place(tmp_path, "--html")


def test_a_check_leaves_nothing_behind(tmp_path: Path) -> None:
    check_place(tmp_path / "report.json")
    check_place(None)
    assert list(tmp_path.iterdir()) == []
