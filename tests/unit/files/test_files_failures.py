"""Trouble of the file system: what was complete stays, and the count of the rest is exact."""

import asyncio
import errno
import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numbered_records import ARRAY, batch_of, hidden, numbered, numbers, visible
from record_sinks import record_sink
from small_disks import small_disk
from telemetry_common.signals import Signal
from telemetry_sender.config.files import Compression, RollOptions
from telemetry_sender.files.account import SinkAccount
from telemetry_sender.files.codec import Packed
from telemetry_sender.files.data_file import HiddenFile
from telemetry_sender.sinks.files import FileSink

BATCH = 40
every_compression = pytest.mark.parametrize("compression", Compression)


@dataclass
class Trouble:
    """Refuses what is asked of files from the `first` time on, for `count` times."""

    first: int
    count: int
    asked: int = 0

    def strikes(self) -> bool:
        self.asked += 1
        return self.first <= self.asked < self.first + self.count

    def check(self) -> None:
        if self.strikes():
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def open_file(self, path: Path) -> HiddenFile:
        self.check()
        return _TroubledFile(path, self)


class _TroubledFile(HiddenFile):
    """A real file that is refused things at times; a write may stop half way."""

    def __init__(self, path: Path, trouble: Trouble) -> None:
        super().__init__(path)
        self._trouble = trouble

    def write(self, data: Packed, at: int) -> None:
        if self._trouble.strikes():
            super().write(data[: len(data) // 2], at)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().write(data, at)

    def restore(self, data: Packed, at: int) -> None:
        self._trouble.check()
        super().restore(data, at)

    def seal(self) -> None:
        self._trouble.check()
        super().seal()

    def publish(self) -> None:
        self._trouble.check()
        super().publish()


async def fill(sink: FileSink, batches: int, *, noise: int = 20) -> tuple[list[int], SinkAccount]:
    """Write until the sink refuses; return the numbers that it took, and what it says."""
    taken: list[int] = []
    await sink.open()
    for n in range(batches):
        first = n * BATCH
        records = numbered(first, BATCH, framing=ARRAY, noise=noise)
        delivery = await sink.write(Signal.TRACES, batch_of(records))
        if delivery.is_fatal:
            assert not delivery.ok
            assert not (await sink.write(Signal.TRACES, batch_of(records))).ok
            break
        taken += range(first, first + BATCH)
    account = await sink.finish()
    await sink.close()
    return taken, account


def check(directory: Path, taken: list[int], account: SinkAccount) -> None:
    """See that the files hold what was taken but for what is said to be lost, none of it twice."""
    paths = visible(directory)
    assert [str(path) for path in paths] == [each.path for each in account.files]
    assert [path.stat().st_size for path in paths] == [each.bytes for each in account.files]
    found = numbers(paths)
    assert len(found) == sum(each.records for each in account.files)
    assert len(found) == len(taken) - account.lost.get("traces", 0)
    assert found == sorted(set(found) & set(taken))
    assert not hidden(directory)


@given(
    st.sampled_from(Compression),
    st.sampled_from([RollOptions(), RollOptions(size=2500), RollOptions(records=57)]),
    st.integers(1, 60),
    st.sampled_from([1, 2, 1000]),
)
def test_whatever_is_refused_the_count_is_exact_and_all_files_are_valid(
    compression: Compression, roll: RollOptions, first: int, count: int
) -> None:
    trouble = Trouble(first, count)
    with tempfile.TemporaryDirectory() as place:
        sink = record_sink(Path(place), framing=ARRAY, compression=compression, roll=roll)
        sink.open_file = trouble.open_file
        taken, account = asyncio.run(fill(sink, 12))
        check(Path(place), taken, account)
    assert bool(account.problem) == (trouble.asked >= first)


async def test_a_batch_of_two_streams_is_written_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    sink = record_sink(tmp_path)
    trouble = Trouble(first=8, count=1)
    sink.open_file = trouble.open_file
    await sink.open()
    for n in range(2):
        both = batch_of(numbered(n, 1, stream="logs"), numbered(n, 1, stream="events"))
        delivery = await sink.write(Signal.LOGS, both)
    assert delivery.is_fatal
    account = await sink.finish()
    await sink.close()
    assert [(each.stream, each.records) for each in account.files] == [("logs", 1), ("events", 1)]
    assert account.lost == {}


async def test_events_that_are_lost_are_log_records(tmp_path: Path) -> None:
    sink = record_sink(tmp_path)
    await sink.open()
    both = batch_of(numbered(0, 2, stream="logs"), numbered(0, 3, stream="events"))
    await sink.write(Signal.LOGS, both)
    (tmp_path / "telemetry_events_0001.txt").touch()
    account = await sink.finish()
    await sink.close()
    assert [each.stream for each in account.files] == ["logs"]
    assert account.lost == {"logs": 3}


@every_compression
@pytest.mark.parametrize("roll", [RollOptions(), RollOptions(size=300_000)], ids=["one", "many"])
async def test_a_full_disk_ends_it_with_what_fits(
    tmp_path: Path, compression: Compression, roll: RollOptions
) -> None:
    with small_disk(tmp_path, kilobytes=1024):
        sink = record_sink(tmp_path, framing=ARRAY, compression=compression, roll=roll)
        taken, account = await fill(sink, 1000, noise=400)
        assert account.problem == f"{tmp_path}: no space left on device"
        check(tmp_path, taken, account)
        # Uncompressed nothing waits in memory, so the disk is full to the last batch.
        if compression is Compression.NONE:
            assert sum(each.bytes for each in account.files) > 900_000
            assert not account.lost


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow further (Python ignores the signal that comes with it)."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@every_compression
async def test_a_limit_of_the_file_size_ends_it_with_what_fits(
    tmp_path: Path, compression: Compression
) -> None:
    with file_limit(100_000):
        sink = record_sink(tmp_path, framing=ARRAY, compression=compression)
        taken, account = await fill(sink, 100, noise=400)
    assert account.problem == f"{tmp_path}: file too large"
    check(tmp_path, taken, account)


@every_compression
async def test_a_directory_that_vanishes_is_said(tmp_path: Path, compression: Compression) -> None:
    directory = tmp_path / "out"
    sink = record_sink(directory, compression=compression, roll=RollOptions(records=30))
    await sink.open()
    assert (await sink.write(Signal.TRACES, batch_of(numbered(0, 20)))).ok
    shutil.rmtree(directory)
    delivery = await sink.write(Signal.TRACES, batch_of(numbered(20, 20)))
    account = await sink.finish()
    await sink.close()
    assert (delivery.code, delivery.is_fatal) == ("ENOENT", True)
    assert delivery.message == account.problem == f"{directory}: no such file or directory"
    assert (account.files, account.lost) == ((), {"traces": 20})
    assert not directory.exists()


async def test_a_file_that_is_removed_while_it_is_written_is_noticed_at_once(
    tmp_path: Path,
) -> None:
    sink = record_sink(tmp_path / "out")
    await sink.open()
    await sink.write(Signal.TRACES, batch_of(numbered(0, 20)))
    shutil.rmtree(tmp_path / "out")
    delivery = await sink.write(Signal.TRACES, batch_of(numbered(20, 20)))
    account = await sink.finish()
    await sink.close()
    assert (delivery.code, delivery.is_fatal) == ("ENOENT", True)
    assert (account.files, account.lost) == ((), {"traces": 20})
