"""The sink of files: whom it lets into a directory, and what it says about what it wrote."""

import asyncio
from pathlib import Path

import pytest

from discarded_files import DiscardedFile
from numbered_records import ARRAY, START, batch_of, hidden, numbered, numbers, paths_of, visible
from ordinary_user import as_ordinary_user
from record_sinks import record_sink
from telemetry_common.errors import RunError, UsageError
from telemetry_common.signals import Signal
from telemetry_sender.config.files import Compression, RollOptions
from telemetry_sender.files.data_file import HiddenFile
from telemetry_sender.sending.part import Part


async def test_each_stream_has_files_of_its_own(tmp_path: Path) -> None:
    sink = record_sink(tmp_path / "made" / "on the way")
    await sink.open()
    await sink.write(Signal.TRACES, batch_of(numbered(0, 3)))
    both = batch_of(numbered(10, 2, stream="logs"), numbered(20, 1, stream="events"))
    assert (await sink.write(Signal.LOGS, both)).ok
    account = await sink.finish()
    await sink.close()
    assert [(each.stream, each.records) for each in account.files] == [
        ("traces", 3),
        ("logs", 2),
        ("events", 1),
    ]
    assert (account.name, account.problem, account.lost) == ("text", "", {})
    assert numbers(paths_of(account.files)) == [0, 1, 2, 10, 11, 20]
    assert not hidden(tmp_path / "made" / "on the way")


async def test_deliveries_tell_the_bytes_on_disk(tmp_path: Path) -> None:
    sink = record_sink(tmp_path)
    await sink.open()
    deliveries = [await sink.write(Signal.TRACES, batch_of(numbered(n, 1))) for n in range(5)]
    account = await sink.finish()
    await sink.close()
    assert sum(each.wire_bytes or 0 for each in deliveries) == account.files[0].bytes


@pytest.mark.parametrize("compression", Compression)
async def test_weighing_writes_nothing_and_is_near_the_size_on_disk(
    tmp_path: Path, compression: Compression
) -> None:
    sink = record_sink(tmp_path, compression=compression)
    payload = batch_of(numbered(0, 2000), numbered(2000, 2000, stream="logs"))
    weight = sink.weigh(Signal.LOGS, payload)
    assert not [*visible(tmp_path), *hidden(tmp_path)]
    await sink.open()
    await sink.write(Signal.LOGS, payload)
    account = await sink.finish()
    await sink.close()
    assert weight == sum(each.bytes for each in account.files)


async def test_finishing_twice_says_the_same(tmp_path: Path) -> None:
    sink = record_sink(tmp_path, streams=("traces",))
    await sink.open()
    first = await sink.finish()
    assert await sink.finish() == first
    await sink.close()
    assert [each.records for each in first.files] == [0]


async def test_only_streams_of_signals_that_are_sent_must_be_there(tmp_path: Path) -> None:
    sink = record_sink(
        tmp_path, signals=[Signal.LOGS], streams=("traces", "logs", "events"), framing=ARRAY
    )
    await sink.open()
    account = await sink.finish()
    await sink.close()
    assert [(each.stream, numbers([each.path])) for each in account.files] == [
        ("logs", []),
        ("events", []),
    ]


async def test_closing_without_finishing_leaves_complete_files_alone(tmp_path: Path) -> None:
    sink = record_sink(tmp_path, roll=RollOptions(records=2))
    await sink.open()
    await sink.write(Signal.TRACES, batch_of(numbered(0, 5)))
    await sink.close()
    await sink.close()
    assert numbers(visible(tmp_path)) == [0, 1, 2, 3]
    assert not hidden(tmp_path)


async def test_existing_files_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "telemetry_events_0007.txt").write_text("precious")
    sink = record_sink(tmp_path)
    with pytest.raises(UsageError, match=r"events_0007.txt: is there already, and nothing is over"):
        await sink.open()
    await sink.close()
    assert visible(tmp_path) == [tmp_path / "telemetry_events_0007.txt"]
    assert not hidden(tmp_path)


async def test_files_of_signals_that_are_not_sent_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "telemetry_logs_0001.txt").touch()
    sink = record_sink(tmp_path, signals=[Signal.TRACES])
    await sink.open()
    await sink.close()


async def test_a_file_that_came_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    sink = record_sink(tmp_path)
    await sink.open()
    await sink.write(Signal.TRACES, batch_of(numbered(0, 3)))
    (tmp_path / "telemetry_traces_0001.txt").write_text("precious")
    account = await sink.finish()
    await sink.close()
    assert (account.files, account.lost) == ((), {"traces": 3})
    assert account.problem == f"{tmp_path}: file exists"
    assert [path.read_text() for path in visible(tmp_path)] == ["precious"]
    assert not hidden(tmp_path)


async def test_two_sinks_cannot_write_the_same_names(tmp_path: Path) -> None:
    first, second = record_sink(tmp_path), record_sink(tmp_path, signals=[Signal.LOGS])
    await first.open()
    with pytest.raises(UsageError, match="another run or sink is writing text files of these"):
        await second.open()
    await second.close()
    await first.write(Signal.TRACES, batch_of(numbered(0, 3)))
    await first.finish()
    await first.close()
    await second.open()
    await second.close()


async def test_other_prefixes_signals_and_parts_go_side_by_side(tmp_path: Path) -> None:
    sinks = [
        record_sink(tmp_path, signals=[Signal.TRACES]),
        record_sink(tmp_path, signals=[Signal.LOGS]),
        record_sink(tmp_path, prefix="other"),
        record_sink(tmp_path, compression=Compression.GZIP),
        record_sink(tmp_path, part=Part(0, 2)),
        record_sink(tmp_path, part=Part(1, 2)),
    ]
    for sink in sinks:
        await sink.open()
    for sink in sinks[-2:]:
        await sink.write(Signal.TRACES, batch_of(numbered(0, 1)))
    for sink in sinks:
        await sink.finish()
        await sink.close()
    assert [path.name for path in visible(tmp_path)] == [
        "telemetry_traces_0001-p00.txt",
        "telemetry_traces_0001-p01.txt",
    ]


async def test_what_a_killed_run_left_unfinished_is_removed(tmp_path: Path) -> None:
    leftover = tmp_path / ".telemetry_traces_0003.txt.partial"
    foreign = tmp_path / ".other_traces_0003.txt.partial"
    lock = tmp_path / ".telemetry_traces_sequence.txt.lock"
    for path in (leftover, foreign, lock):
        path.touch()
    sink = record_sink(tmp_path)
    await sink.open()
    assert not leftover.exists()
    await sink.close()
    assert hidden(tmp_path) == [foreign]


async def test_a_directory_that_cannot_be_made_is_an_error_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place, problem in (("file", "file exists"), ("file/below", "not a directory")):
        with pytest.raises(RunError, match=f"{place}: {problem}; choose another directory"):
            await record_sink(tmp_path / place).open()


def test_a_directory_without_permission_is_an_error_of_the_run(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with as_ordinary_user(), pytest.raises(RunError, match="permission denied"):
        asyncio.run(record_sink(tmp_path).open())


async def test_a_write_that_is_cancelled_has_written_nothing(tmp_path: Path) -> None:
    sink = record_sink(tmp_path)
    await sink.open()
    write = asyncio.ensure_future(sink.write(Signal.TRACES, batch_of(numbered(0, 3))))
    await asyncio.sleep(0)
    write.cancel()
    with pytest.raises(asyncio.CancelledError):
        await write
    await sink.write(Signal.TRACES, batch_of(numbered(7, 1)))
    account = await sink.finish()
    await sink.close()
    assert numbers(paths_of(account.files)) == [7]


async def test_writes_that_wait_at_once_keep_their_order(tmp_path: Path) -> None:
    sink = record_sink(tmp_path)
    await sink.open()
    batches = [batch_of(numbered(n * 10, 10)) for n in range(20)]
    await asyncio.gather(*(sink.write(Signal.TRACES, batch) for batch in batches))
    account = await sink.finish()
    await sink.close()
    assert numbers(paths_of(account.files)) == list(range(200))


async def test_the_time_in_a_name_is_that_of_the_first_record(tmp_path: Path) -> None:
    sink = record_sink(tmp_path, name="{stream}-{time}")
    await sink.open()
    await sink.write(Signal.TRACES, batch_of(numbered(0, 1, time=START + 61 * 10**9)))
    await sink.finish()
    await sink.close()
    assert [path.name for path in visible(tmp_path)] == ["traces-20260101_000101.txt"]


async def test_files_that_keep_nothing_count_as_real_ones_do(tmp_path: Path) -> None:
    """So that what comes before them can be measured."""
    accounts = []
    for open_file in (HiddenFile, DiscardedFile):
        sink = record_sink(tmp_path, framing=ARRAY, roll=RollOptions(size=3000))
        sink.open_file = open_file
        await sink.open()
        for n in range(10):
            await sink.write(Signal.TRACES, batch_of(numbered(n * 20, 20, framing=ARRAY)))
        accounts.append(await sink.finish())
        await sink.close()
        for path in visible(tmp_path):
            path.unlink()
    assert accounts[0] == accounts[1]
    assert len(accounts[0].files) > 1


def test_a_sink_names_itself_to_users(tmp_path: Path) -> None:
    assert str(record_sink(tmp_path)) == f"text files in {tmp_path}/"
