"""What every sink promises that leaves files behind, whatever is in them."""

import asyncio
import shutil
from pathlib import Path

import pytest

from local_sinks import LOCAL, FilesOfARun, compressions, local_sink, writes_of
from numbered_records import hidden, visible
from small_disks import small_disk
from telemetry_common.errors import ConfigError, RunError, UsageError
from telemetry_common.signals import Signal
from telemetry_sender.config.files import Compression
from telemetry_sender.config.sinks import LOCAL_SINKS
from telemetry_sender.files.account import SinkAccount
from telemetry_sender.sending.part import Part
from telemetry_sender.sinks.local import LocalSink
from telemetry_sender.sinks.registry import sink_names

every_format = pytest.mark.parametrize("name", LOCAL)
every_form = pytest.mark.parametrize(
    ("name", "compression"),
    [(name, compression) for name in LOCAL for compression in compressions(name)],
)


def made(name: str, directory: Path, compression: Compression) -> FilesOfARun:
    if compression is Compression.NONE:
        return local_sink(name, directory)
    return local_sink(name, directory, compression=compression.value)


async def write_all(sink: FilesOfARun, passes: int = 1) -> tuple[int, int]:
    """Write until the sink takes no more; return the records and the events that it took."""
    records = events = 0
    for each in writes_of(sink, passes):
        delivery = await sink.write(each.signal, each.payload)
        assert delivery.ok != delivery.is_fatal
        assert not delivery.retryable
        if not delivery.ok:
            break
        records += each.records
        events += each.events
    return records, events


async def whole_run(sink: FilesOfARun, passes: int = 1) -> SinkAccount:
    await sink.open()
    await write_all(sink, passes)
    account = await sink.finish()
    await sink.close()
    return account


def contents(directory: Path) -> dict[str, bytes]:
    """Return what is in all files below a directory, by their paths."""
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_all_sinks_of_files_are_under_contract() -> None:
    assert set(LOCAL) == LOCAL_SINKS & set(sink_names())


@every_form
async def test_what_it_took_is_in_the_files_that_it_tells_of(
    name: str, compression: Compression, tmp_path: Path
) -> None:
    sink = made(name, tmp_path, compression)
    assert isinstance(sink, LocalSink)
    assert sink.directory == tmp_path
    await sink.open()
    records, _ = await write_all(sink, passes=2)
    account = await sink.finish()
    await sink.close()
    assert (account.name, account.problem, account.lost) == (name, "", {})
    assert sum(each.records for each in account.files) == records
    found = contents(tmp_path)
    told = {str(Path(each.path).relative_to(tmp_path)): each.bytes for each in account.files}
    assert {path: len(data) for path, data in found.items()} == told


@every_form
async def test_the_same_run_leaves_the_same_bytes(
    name: str, compression: Compression, tmp_path: Path
) -> None:
    for place in ("a", "b"):
        await whole_run(made(name, tmp_path / place, compression), passes=2)
    found = contents(tmp_path / "a")
    assert found
    assert found == contents(tmp_path / "b")


@every_format
async def test_it_can_finish_twice(name: str, tmp_path: Path) -> None:
    sink = local_sink(name, tmp_path)
    await sink.open()
    await write_all(sink)
    first = await sink.finish()
    assert await sink.finish() == first
    await sink.close()


@every_format
async def test_it_can_be_closed_without_opening_and_twice(name: str, tmp_path: Path) -> None:
    sink = local_sink(name, tmp_path / "out")
    await sink.close()
    await sink.close()
    assert not (tmp_path / "out").exists()


@every_format
async def test_without_finishing_nothing_unfinished_stays(name: str, tmp_path: Path) -> None:
    sink = local_sink(name, tmp_path)
    await sink.open()
    await write_all(sink)
    await sink.close()
    assert contents(tmp_path) == {}


@every_format
async def test_weighing_writes_nothing(name: str, tmp_path: Path) -> None:
    sink = local_sink(name, tmp_path / "out")
    weights = [sink.weigh(each.signal, each.payload) for each in writes_of(sink)]
    assert min(weights) > 0
    await sink.close()
    assert not (tmp_path / "out").exists()


@every_form
async def test_what_it_weighs_is_about_what_it_takes(
    name: str, compression: Compression, tmp_path: Path
) -> None:
    """Exactly for text; what is gathered or put in columns packs better than a single request."""
    sink = made(name, tmp_path, compression)
    await sink.open()
    weight = 0
    for each in writes_of(sink, passes=2):
        weight += sink.weigh(each.signal, each.payload)
        await sink.write(each.signal, each.payload)
    account = await sink.finish()
    await sink.close()
    assert weight / 3 < sum(each.bytes for each in account.files) < weight * 1.3


@every_format
async def test_nothing_that_is_there_is_overwritten(name: str, tmp_path: Path) -> None:
    await whole_run(local_sink(name, tmp_path))
    before = contents(tmp_path)
    again = local_sink(name, tmp_path)
    with pytest.raises(UsageError, match="is there already"):
        await again.open()
    await again.close()
    assert contents(tmp_path) == before


@every_format
async def test_two_at_once_are_told_apart(name: str, tmp_path: Path) -> None:
    first, second = local_sink(name, tmp_path), local_sink(name, tmp_path)
    await first.open()
    with pytest.raises(UsageError, match="another run or sink is writing"):
        await second.open()
    await second.close()
    records, _ = await write_all(first)
    account = await first.finish()
    await first.close()
    assert sum(each.records for each in account.files) == records


@every_format
async def test_processes_of_a_run_write_side_by_side(name: str, tmp_path: Path) -> None:
    sinks = [local_sink(name, tmp_path, part=Part(number, 2)) for number in range(2)]
    for sink in sinks:
        await sink.open()
    for sink in sinks:
        await write_all(sink)
    accounts = [await sink.finish() for sink in sinks]
    for sink in sinks:
        await sink.close()
    paths = [each.path for account in accounts for each in account.files]
    assert len(set(paths)) == len(paths)
    assert len(contents(tmp_path)) == len(paths)


@every_format
async def test_a_place_that_cannot_be_written_is_an_error_of_the_run(
    name: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    sink = local_sink(name, tmp_path / "file" / "below")
    with pytest.raises(RunError, match="not a directory"):
        await sink.open()
    await sink.close()


@every_form
async def test_a_full_disk_ends_the_run_and_the_count_is_exact(
    name: str, compression: Compression, tmp_path: Path
) -> None:
    with small_disk(tmp_path, kilobytes=150):
        sink = made(name, tmp_path, compression)
        await sink.open()
        _, taken = await write_all(sink, passes=300)
        account = await sink.finish()
        await sink.close()
        assert account.problem == f"{tmp_path}: no space left on device"
        assert {path.name for path in visible(tmp_path)} >= {
            Path(each.path).relative_to(tmp_path).parts[0] for each in account.files
        }
        assert {path: len(data) for path, data in contents(tmp_path).items()} == {
            str(Path(each.path).relative_to(tmp_path)): each.bytes for each in account.files
        }
        if not name.startswith("otlp"):
            kept = sum(each.records for each in account.files)
            assert kept == taken - sum(account.lost.values())


@every_format
async def test_a_directory_that_vanishes_ends_the_run(name: str, tmp_path: Path) -> None:
    sink = local_sink(name, tmp_path / "out")
    await sink.open()
    _, taken = await write_all(sink)
    shutil.rmtree(tmp_path / "out")
    account = await sink.finish()
    await sink.close()
    assert account.problem == f"{tmp_path / 'out'}: no such file or directory"
    assert account.files == ()
    assert sum(account.lost.values()) == taken
    assert not (tmp_path / "out").exists()


@every_format
async def test_what_was_left_by_a_killed_run_does_not_stay(name: str, tmp_path: Path) -> None:
    killed = local_sink(name, tmp_path / "killed")
    await killed.open()
    await write_all(killed)
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "killed", copy)
    await killed.close()
    assert hidden(copy)
    account = await whole_run(local_sink(name, copy))
    assert len(contents(copy)) == len(account.files)


@every_format
async def test_many_writes_may_wait_at_once(name: str, tmp_path: Path) -> None:
    for place, at_once in (("a", True), ("b", False)):
        sink = local_sink(name, tmp_path / place)
        await sink.open()
        writes = [sink.write(each.signal, each.payload) for each in writes_of(sink)]
        if at_once:
            await asyncio.gather(*writes)
        else:
            for write in writes:
                await write
        await sink.finish()
        await sink.close()
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@every_format
def test_an_unknown_option_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="colour"):
        local_sink(name, tmp_path, colour="green")


@every_format
def test_a_directory_must_be_told(name: str) -> None:
    with pytest.raises(ConfigError, match="directory"):
        local_sink(name, None)


@every_format
def test_profiles_are_taken_as_otlp_and_refused_as_records(name: str, tmp_path: Path) -> None:
    if name.startswith("otlp"):
        local_sink(name, tmp_path, signals=tuple(Signal))
    else:
        with pytest.raises(ConfigError, match=r"has no form for profiles; remove input\.profiles"):
            local_sink(name, tmp_path, signals=tuple(Signal))


@every_format
def test_it_says_where_it_writes(name: str, tmp_path: Path) -> None:
    assert str(local_sink(name, tmp_path)) == f"{name} files in {tmp_path}/"
