"""When a disk is full: what is complete stays, and what was lost is counted exactly."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from table_files import FORMATS, SmallDisk, Texts, numbers, tables_in
from telemetry_sender.config.files import RollOptions

every_format = pytest.mark.parametrize("form", FORMATS)


@every_format
@settings(max_examples=20, deadline=None)
@given(
    room=st.integers(0, 40_000),
    row_group=st.integers(10, 90),
    roll=st.sampled_from([RollOptions(), RollOptions(records=70), RollOptions(size=9_000)]),
)
def test_the_count_is_exact_wherever_the_disk_is_full(
    form: str, room: int, row_group: int, roll: RollOptions
) -> None:
    with TemporaryDirectory() as folder:
        disk, texts, taken = SmallDisk(room), Texts(), 0
        files = tables_in(
            Path(folder), FORMATS[form], roll, row_group=row_group, open_file=disk.open
        )
        try:
            for first in range(0, 400, 40):
                files.write(texts.rows(first, 40))
                files.commit()
                taken += 40
        except OSError:
            files.rollback()
        try:
            files.finish()
        except OSError:
            files.finish()
        kept = numbers(files.accounts)
        assert kept == list(range(len(kept)))
        assert files.lost == taken - len(kept)
        assert {path.name for path in Path(folder).iterdir()} == {
            Path(each.path).name for each in files.accounts
        }


@every_format
def test_a_batch_that_met_another_error_is_undone(form: str, tmp_path: Path) -> None:
    """What waited before stays: the trouble was that of other files."""
    files, texts = tables_in(tmp_path, FORMATS[form]), Texts()
    files.write(texts.rows(0, 30))
    files.commit()
    files.write(texts.rows(30, 30))
    files.rollback()
    files.finish()
    assert numbers(files.accounts) == list(range(30))
    assert files.lost == 0


@every_format
def test_a_file_that_cannot_be_completed_is_not_there(form: str, tmp_path: Path) -> None:
    disk = SmallDisk(10**6)
    files = tables_in(tmp_path, FORMATS[form], open_file=disk.open)
    files.write(Texts().rows(0, 30))
    files.commit()
    disk.room = 0
    with pytest.raises(OSError, match="No space left on device"):
        files.finish()
    assert (files.accounts, files.lost, list(tmp_path.iterdir())) == ([], 30, [])


@every_format
def test_a_name_that_another_file_took_is_not_overwritten(form: str, tmp_path: Path) -> None:
    files = tables_in(tmp_path, FORMATS[form])
    files.write(Texts().rows(0, 30))
    files.commit()
    taken = tmp_path / f"traces_0001.{FORMATS[form].suffix}"
    taken.write_text("mine")
    with pytest.raises(FileExistsError):
        files.finish()
    assert (taken.read_text(), files.lost, list(tmp_path.iterdir())) == ("mine", 30, [taken])
