"""The sinks of binary records, from the registry to their files, read back."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from core_support import COMMITTED_SIGNALS
from local_sinks import FilesOfARun, local_sink, writes_of
from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.reading.base import FileReader, Request
from telemetry_sender.reading.formats import open_reader
from telemetry_sender.reading.source import Source

every_sink = pytest.mark.parametrize("name", ["leb128", "bitpacked"])


def written(sink: FilesOfARun, passes: int) -> None:
    """Let a run of so many passes write to a sink."""
    asyncio.run(_write(sink, passes))


async def _write(sink: FilesOfARun, passes: int) -> None:
    await sink.open()
    for each in writes_of(sink, passes):
        assert (await sink.write(each.signal, each.payload)).ok
    await sink.finish()
    await sink.close()


def reader_of(path: Path) -> FileReader:
    file = io.BytesIO(path.read_bytes())
    return open_reader(Request(path.name, file, Source(path.name, file), None))


def read(path: Path) -> list[dict[str, Any]]:
    reader = reader_of(path)
    return [json.loads(line) for line in map(reader.line, reader.records())]


@every_sink
def test_files_that_roll_hold_every_record_once(name: str, tmp_path: Path) -> None:
    """Each of them can be read by itself: what describes the records is in all of them."""
    written(local_sink(name, tmp_path, roll={"records": 70}), passes=2)
    paths = sorted(tmp_path.glob("telemetry_traces_*"))
    # 200 spans, twice, in files of 70.
    assert [len(read(path)) for path in paths] == [70, 70, 70, 70, 70, 50]
    ids = [record["span_id"] for path in paths for record in read(path)]
    assert len(set(ids)) == 400


@every_sink
def test_two_runs_of_one_seed_leave_the_same_bytes(name: str, tmp_path: Path) -> None:
    for run in ("a", "b"):
        written(local_sink(name, tmp_path / run, compression="zstd"), passes=2)
    first, second = (sorted((tmp_path / run).iterdir()) for run in ("a", "b"))
    assert len(first) == 4
    assert [each.name for each in first] == [each.name for each in second]
    assert [each.read_bytes() for each in first] == [each.read_bytes() for each in second]


@every_sink
def test_a_signal_without_records_has_a_file_that_can_be_read(name: str, tmp_path: Path) -> None:
    written(local_sink(name, tmp_path, signals=COMMITTED_SIGNALS), passes=0)
    paths = sorted(tmp_path.iterdir())
    assert [path.name.split("_")[1] for path in paths] == sorted(COMMITTED_SIGNALS)
    assert [read(path) for path in paths] == [[], [], []]


def test_checksums_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    for run, checksum in (("plain", False), ("checked", True)):
        written(local_sink("bitpacked", tmp_path / run, checksum=checksum), passes=1)
    plain, checked = (
        tmp_path / run / "telemetry_logs_0001.bitpacked" for run in ("plain", "checked")
    )
    assert read(plain) == read(checked)
    assert "crc32c" not in reader_of(plain).schema()
    assert '"type": "crc32c"' in reader_of(checked).schema()


@every_sink
def test_options_that_there_are_not_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="dialect"):
        local_sink(name, tmp_path, dialect="flat")


@every_sink
def test_profiles_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no form for profiles"):
        local_sink(name, tmp_path, signals=(Signal.PROFILES,))
