"""Where one file ends and the next begins, and what is in them."""

import gzip
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from numbered_records import (
    ARRAY,
    START,
    content,
    hidden,
    numbered,
    numbers,
    paths_of,
    records_of,
    rolling,
    visible,
)
from telemetry_sender.config.files import Compression, RollOptions
from telemetry_sender.files.codec import make_codec
from telemetry_sender.files.framing import PLAIN, Framing

SECOND = 10**9

compressions = st.sampled_from(Compression)
every_compression = pytest.mark.parametrize("compression", Compression)
batches = st.lists(
    st.lists(st.text("ab\n", max_size=60).map(str.encode), max_size=12), min_size=1, max_size=12
)


@given(
    batches,
    compressions,
    st.integers(0, 400),
    st.integers(0, 7),
    st.sampled_from([0.0, 2.0, 3.0]),
    st.sampled_from([PLAIN, Framing(b"<<", b">>>", 2)]),
)
def test_all_records_are_in_the_files_in_order_and_no_file_is_larger_than_it_may_be(
    batches: list[list[bytes]],
    compression: Compression,
    size: int,
    records: int,
    every: float,
    framing: Framing,
) -> None:
    roll = RollOptions(size=size, records=records, every=every)
    with tempfile.TemporaryDirectory() as place:
        files = rolling(Path(place), roll, compression=compression, framing=framing)
        for n, batch in enumerate(batches):
            if batch:
                texts = [b"--" + text for text in batch]
                files.write(records_of(texts, time=START + n * SECOND))
                files.commit()
        files.finish()
        found = visible(Path(place))
        assert [str(path) for path in found] == paths_of(files.accounts)
        assert [path.stat().st_size for path in found] == [each.bytes for each in files.accounts]
        bodies = [_body(content(path), framing) for path in found]
    every_text = b"".join(b"--" + text for batch in batches for text in batch)
    assert b"".join(bodies) == every_text
    assert files.lost == 0
    for account in files.accounts:
        assert not size or account.bytes <= size or account.records == 1
        assert not records or account.records <= records
        assert account.records


def _body(text: bytes, framing: Framing) -> bytes:
    """Return the records of a file, with what its first record is left out of."""
    assert text.startswith(framing.header)
    assert text.endswith(framing.trailer)
    body = text[len(framing.header) : len(text) - len(framing.trailer)]
    return b"-" * framing.skipped + body


@every_compression
def test_the_same_records_make_the_same_files(tmp_path: Path, compression: Compression) -> None:
    made = []
    for name in ("a", "b"):
        directory = tmp_path / name
        directory.mkdir()
        files = rolling(directory, RollOptions(size=5000), compression=compression)
        for n in range(20):
            files.write(numbered(n * 50, 50))
            files.commit()
        files.finish()
        made.append({path.name: path.read_bytes() for path in visible(directory)})
    assert made[0] == made[1]
    assert len(made[0]) > 1


@every_compression
def test_files_are_filled_to_the_last_record_that_fits(
    tmp_path: Path, compression: Compression
) -> None:
    """Their noise alone takes 20 bytes each: the next one would not have fitted."""
    limit = 20_000
    files = rolling(tmp_path, RollOptions(size=limit), compression=compression)
    for n in range(20):
        files.write(numbered(n * 1000, 1000))
        files.commit()
    files.finish()
    assert len(files.accounts) > 1
    assert all(limit - 80 < each.bytes <= limit for each in files.accounts[:-1])
    assert numbers(paths_of(files.accounts)) == list(range(20_000))


def test_a_record_that_is_larger_than_a_file_may_be_has_one_for_itself(tmp_path: Path) -> None:
    files = rolling(tmp_path, RollOptions(size=100))
    texts = [b"a" * 30, b"b" * 500, b"c" * 30, b"d" * 30]
    files.write(records_of(texts))
    files.finish()
    assert [each.bytes for each in files.accounts] == [30, 500, 60]


@every_compression
def test_files_have_exactly_so_many_records(tmp_path: Path, compression: Compression) -> None:
    files = rolling(tmp_path, RollOptions(records=1000), compression=compression)
    for n in range(7):
        files.write(numbered(n * 500, 500))
        files.commit()
    files.finish()
    assert [each.records for each in files.accounts] == [1000, 1000, 1000, 500]
    assert numbers(paths_of(files.accounts)) == list(range(3500))


@every_compression
def test_a_file_covers_so_much_of_the_events_own_time(
    tmp_path: Path, compression: Compression
) -> None:
    roll = RollOptions(every=10)
    files = rolling(tmp_path, roll, compression=compression, name="{time}_{stream}_{sequence}")
    for n, seconds in enumerate((0, 4, 9.999_999, 10, 25, 34)):
        files.write(numbered(n, 1, time=START + round(seconds * SECOND)))
        files.commit()
    files.finish()
    assert [each.records for each in files.accounts] == [3, 1, 2]
    names = [Path(each.path).name.partition("_traces")[0] for each in files.accounts]
    assert names == ["20260101_000000", "20260101_000010", "20260101_000025"]


@every_compression
def test_an_array_is_valid_in_every_file(tmp_path: Path, compression: Compression) -> None:
    files = rolling(tmp_path, RollOptions(size=400), framing=ARRAY, compression=compression)
    for n in range(5):
        files.write(numbered(n * 10, 10, framing=ARRAY))
        files.commit()
    files.finish()
    assert len(files.accounts) > 1
    assert numbers(paths_of(files.accounts)) == list(range(50))


@every_compression
def test_a_file_that_must_be_there_is_valid_without_records(
    tmp_path: Path, compression: Compression
) -> None:
    files = rolling(tmp_path, framing=ARRAY, compression=compression, is_required=True)
    files.finish()
    files.finish()
    assert [(each.records, numbers([each.path])) for each in files.accounts] == [(0, [])]


@pytest.mark.parametrize(
    ("compression", "unpack"),
    [
        (Compression.GZIP, gzip.decompress),
        (Compression.ZSTD, zstandard.ZstdDecompressor().decompress),
    ],
)
def test_an_empty_file_can_be_unpacked(
    tmp_path: Path, compression: Compression, unpack: Callable[[bytes], bytes]
) -> None:
    """`zcat` takes a file of no bytes for a damaged one."""
    files = rolling(tmp_path, compression=compression, is_required=True)
    files.finish()
    (account,) = files.accounts
    packed = Path(account.path).read_bytes()
    assert account.bytes == len(packed) > 0
    assert unpack(packed) == b""


def test_without_records_there_is_no_file(tmp_path: Path) -> None:
    files = rolling(tmp_path)
    files.write(records_of([]))
    files.commit()
    files.finish()
    assert not files.accounts
    assert not list(tmp_path.iterdir())


@every_compression
def test_what_writes_report_is_what_is_on_disk(tmp_path: Path, compression: Compression) -> None:
    """Except for what still waited when the files were finished."""
    files = rolling(tmp_path, RollOptions(records=100), compression=compression)
    reported = 0
    for n in range(10):
        reported += files.write(numbered(n * 50, 50))
        files.commit()
    assert reported == sum(path.stat().st_size for path in visible(tmp_path))
    files.finish()
    assert reported == sum(each.bytes for each in files.accounts)


def test_a_file_is_hidden_until_it_is_complete(tmp_path: Path) -> None:
    files = rolling(tmp_path, RollOptions(records=10))
    files.write(numbered(0, 15))
    assert not visible(tmp_path)
    files.commit()
    assert [path.name for path in visible(tmp_path)] == ["traces_0001.txt"]
    assert [path.name for path in hidden(tmp_path)] == [".traces_0002.txt.partial"]
    files.finish()
    assert numbers(visible(tmp_path)) == list(range(15))
    assert not hidden(tmp_path)


@every_compression
def test_an_unfinished_file_is_valid_after_every_write(
    tmp_path: Path, compression: Compression
) -> None:
    files = rolling(tmp_path, framing=ARRAY, compression=compression)
    copy = tmp_path / f"copy.txt{make_codec(compression).suffix}"
    for n in range(4):
        files.write(numbered(n * 1000, 1000, framing=ARRAY, noise=400))
        files.commit()
        for path in hidden(tmp_path):
            copy.write_bytes(path.read_bytes())
            found = numbers([copy])
            assert found == list(range(len(found)))
    files.finish()
    assert len(found) > 1000
    assert numbers(paths_of(files.accounts)) == list(range(4000))


def test_aborting_leaves_complete_files_and_no_others(tmp_path: Path) -> None:
    files = rolling(tmp_path, RollOptions(records=10))
    files.write(numbered(0, 25))
    files.commit()
    files.abort()
    files.abort()
    assert numbers(visible(tmp_path)) == list(range(20))
    assert not hidden(tmp_path)


@every_compression
@pytest.mark.parametrize("size", [0, 300, 3000])
def test_a_batch_can_be_undone(tmp_path: Path, compression: Compression, size: int) -> None:
    files = rolling(tmp_path, RollOptions(size=size), framing=ARRAY, compression=compression)
    expected: list[int] = []
    for n in range(9):
        files.write(numbered(n * 100, 100, framing=ARRAY))
        if n % 3 == 1:
            files.rollback()
        else:
            files.commit()
            expected += range(n * 100, n * 100 + 100)
    files.finish()
    assert numbers(visible(tmp_path)) == expected
    assert Path(files.accounts[0].path).name.startswith("traces_0001.")
    assert files.lost == 0
    assert not hidden(tmp_path)
