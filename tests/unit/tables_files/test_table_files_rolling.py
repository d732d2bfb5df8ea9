"""Files of tables roll over at their limits, and hold every row once and in order."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from table_files import FORMATS, START, Texts, numbers, read, tables_in
from telemetry_sender.config.files import RollOptions
from telemetry_sender.tables.files.rolling import RollingTables

every_format = pytest.mark.parametrize("form", FORMATS)


def write_all(files: RollingTables, batches: list[int], texts: Texts | None = None) -> int:
    """Write batches of so many rows each; return what they were said to make on disk."""
    texts = texts or Texts()
    first = told = 0
    for count in batches:
        told += files.write(texts.rows(first, count))
        files.commit()
        first += count
    return told


@every_format
@settings(max_examples=12, deadline=None)
@given(
    batches=st.lists(st.integers(1, 300), min_size=1, max_size=6),
    size=st.integers(8_000, 60_000),
    row_group=st.integers(30, 500),
    many_texts=st.booleans(),
)
def test_no_file_is_larger_than_its_limit(
    form: str, batches: list[int], size: int, row_group: int, *, many_texts: bool
) -> None:
    """Also where all texts together take more than a file may have."""
    with TemporaryDirectory() as folder:
        files = tables_in(Path(folder), FORMATS[form], RollOptions(size=size), row_group=row_group)
        write_all(files, batches, Texts(4000 if many_texts else 20))
        files.finish()
        assert numbers(files.accounts) == list(range(sum(batches)))
        assert all(each.bytes <= size or each.records == 1 for each in files.accounts)
        assert files.lost == 0


@every_format
def test_files_are_nearly_as_large_as_they_may_be(form: str, tmp_path: Path) -> None:
    files = tables_in(tmp_path, FORMATS[form], RollOptions(size=100_000), row_group=100_000)
    write_all(files, [500] * 90)
    files.finish()
    *full, _ = files.accounts
    assert len(full) > 2
    assert all(each.bytes > 90_000 for each in full)


@every_format
def test_a_row_that_is_too_large_has_a_file_to_itself(form: str, tmp_path: Path) -> None:
    files = tables_in(tmp_path, FORMATS[form], RollOptions(size=10_000))
    for first in range(3):
        files.write(Texts().rows(first, 1, noise=20_000))
        files.commit()
    files.finish()
    assert [each.records for each in files.accounts] == [1, 1, 1]
    assert numbers(files.accounts) == [0, 1, 2]


@every_format
@settings(max_examples=15, deadline=None)
@given(
    batches=st.lists(st.integers(1, 90), min_size=1, max_size=5),
    records=st.integers(10, 90),
    row_group=st.integers(5, 50),
)
def test_files_have_the_rows_that_they_may_have(
    form: str, batches: list[int], records: int, row_group: int
) -> None:
    with TemporaryDirectory() as folder:
        roll = RollOptions(records=records)
        files = tables_in(Path(folder), FORMATS[form], roll, row_group=row_group)
        write_all(files, batches)
        files.finish()
        assert numbers(files.accounts) == list(range(sum(batches)))
        whole, rest = divmod(sum(batches), records)
        assert [each.records for each in files.accounts] == [records] * whole + [rest] * bool(rest)


@every_format
def test_files_cover_the_time_that_they_may_cover(form: str, tmp_path: Path) -> None:
    files = tables_in(
        tmp_path, FORMATS[form], RollOptions(every=60), name="{stream}_{time}_{sequence}"
    )
    for minute, first in ((0, 0), (0.5, 10), (1, 20), (5, 30)):
        files.write(Texts().rows(first, 10, time=START + int(minute * 60 * 10**9)))
        files.commit()
    files.finish()
    assert [each.records for each in files.accounts] == [20, 10, 10]
    assert [Path(each.path).stem for each in files.accounts] == [
        "traces_20260101_000000_0001",
        "traces_20260101_000100_0002",
        "traces_20260101_000500_0003",
    ]


@every_format
def test_nothing_has_its_name_before_it_is_complete(form: str, tmp_path: Path) -> None:
    files = tables_in(tmp_path, FORMATS[form], RollOptions(records=10))
    files.write(Texts().rows(0, 25))
    assert [path for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    files.commit()
    assert len(numbers(files.accounts)) == 20
    files.finish()
    assert len(numbers(files.accounts)) == 25


@every_format
def test_without_rows_there_is_no_file(form: str, tmp_path: Path) -> None:
    files = tables_in(tmp_path, FORMATS[form])
    files.finish()
    assert files.accounts == []
    assert list(tmp_path.iterdir()) == []


@every_format
def test_what_a_write_tells_comes_close_to_what_is_on_disk(form: str, tmp_path: Path) -> None:
    """A run ends by it at its size, though rows wait in memory."""
    files = tables_in(tmp_path, FORMATS[form], row_group=10_000)
    told = write_all(files, [500] * 61)
    files.finish()
    assert told == pytest.approx(sum(each.bytes for each in files.accounts), rel=0.05)


def groups_of(table: pa.Table) -> list[list[dict[str, Any]]]:
    return [batch.to_pylist() for batch in table.to_batches()]


@every_format
@pytest.mark.parametrize("batches", [[900], [1] * 30 + [870], [450, 450]])
def test_how_rows_arrive_does_not_matter(form: str, batches: list[int], tmp_path: Path) -> None:
    """Files hold the same rows, in the same groups."""
    texts, found = Texts(), []
    for place, arrived in (("a", [300, 300, 300]), ("b", batches)):
        (tmp_path / place).mkdir()
        roll = RollOptions(records=400)
        files = tables_in(tmp_path / place, FORMATS[form], roll, row_group=150)
        first = 0
        for count in arrived:
            whole = texts.rows(0, 900)
            part = whole.batch.slice(first, count)
            files.write(type(whole)(whole.stream, part, whole.time))
            files.commit()
            first += count
        files.finish()
        found.append([groups_of(read(each.path)) for each in files.accounts])
    assert found[0] == found[1]


@every_format
def test_rows_are_what_was_written(form: str, tmp_path: Path) -> None:
    texts = Texts(300)
    files = tables_in(tmp_path, FORMATS[form], row_group=70)
    batches = [texts.rows(first, 50) for first in range(0, 500, 50)]
    for each in batches:
        files.write(each)
        files.commit()
    files.finish()
    rows = [row for each in batches for row in each.batch.to_pylist()]
    assert read(files.accounts[0].path).to_pylist() == rows


def test_files_of_few_rows_hold_only_their_own_texts(tmp_path: Path) -> None:
    """Else each would have those of the whole template."""
    whole, few = tmp_path / "whole", tmp_path / "few"
    sizes = []
    for folder, records in ((whole, 0), (few, 100)):
        folder.mkdir()
        files = tables_in(folder, FORMATS["arrow"], RollOptions(records=records), row_group=500)
        write_all(files, [400], Texts(4000))
        files.finish()
        assert numbers(files.accounts) == list(range(400))
        sizes.append(sum(each.bytes for each in files.accounts))
    assert sizes[1] < sizes[0]
