"""Rows go into directories that are named after values of theirs."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pytest

import telemetry_sender.tables.files.partitioned as partitioned_module
from local_sinks import local_sink, writes_of
from table_files import FORMATS, PARQUET, START, numbers
from telemetry_common.errors import ConfigError, UsageError
from telemetry_common.signals import Signal
from telemetry_sender.config.files import RollOptions
from telemetry_sender.files.data_file import HiddenFile
from telemetry_sender.files.naming import Naming
from telemetry_sender.tables.batch import Rows
from telemetry_sender.tables.files.base import TableFormat
from telemetry_sender.tables.files.partitioned import PartitionedTables, existing_folders
from telemetry_sender.tables.files.partitioning import NO_VALUE, Partitioning
from telemetry_sender.tables.files.rolling import Layout

HOUR = 3600 * 10**9
TEXT = pa.dictionary(pa.int32(), pa.string())


def rows(
    services: Sequence[str | None], times: Sequence[int | None] | None = None, first: int = 0
) -> Rows:
    """Return numbered rows of these services, at these times."""
    times = times or [START] * len(services)
    schema = pa.schema(
        [("timestamp", pa.timestamp("ns", "UTC")), ("n", pa.int64()), ("service", TEXT)]
    )
    columns = [
        pa.array(times, schema.field("timestamp").type),
        pa.array(range(first, first + len(services))),
        pa.array(services).dictionary_encode() if any(services) else pa.array(services, TEXT),
    ]
    return Rows("traces", pa.RecordBatch.from_arrays(columns, schema=schema), times[0] or 0)


def split(by: list[str], batch: Rows) -> dict[str, list[int]]:
    return {
        folder: part.batch.column("n").to_pylist() for folder, part in Partitioning(by).split(batch)
    }


def partitioned(
    directory: Path, by: list[str], table_format: TableFormat = PARQUET, row_group: int = 1000
) -> PartitionedTables:
    naming = Naming(directory, "{stream}_{sequence}", "telemetry", f".{table_format.suffix}")
    layout = Layout(table_format, RollOptions(), row_group)
    return PartitionedTables("traces", naming, layout, Partitioning(by), HiddenFile)


def test_rows_are_divided_in_their_order() -> None:
    assert split(["service"], rows(["b", "a", "b", "a", "c"])) == {
        "service=b": [0, 2], "service=a": [1, 3], "service=c": [4],
    }  # fmt: skip


def test_days_and_hours_are_those_of_the_time_in_utc() -> None:
    times: list[int | None] = [START, START + 3 * HOUR, START + 25 * HOUR, None]
    assert split(["date", "hour"], rows(["a"] * 4, times)) == {
        "date=2026-01-01/hour=00": [0],
        "date=2026-01-01/hour=03": [1],
        "date=2026-01-02/hour=01": [2],
        f"date={NO_VALUE}/hour={NO_VALUE}": [3],
    }


def test_several_columns_lie_within_each_other() -> None:
    batch = rows(["a", "b", "a"], [START, START, START + 24 * HOUR])
    assert split(["service", "date"], batch) == {
        "service=a/date=2026-01-01": [0],
        "service=b/date=2026-01-01": [1],
        "service=a/date=2026-01-02": [2],
    }


@pytest.mark.parametrize("value", ["a/b", "..", "ä %", "x=y", "\n", "a\\b"])
def test_any_value_makes_a_name(value: str) -> None:
    (folder,) = split(["service"], rows([value]))
    assert "/" not in folder
    assert folder.isascii()
    assert folder.isprintable()
    assert unquote(folder) == f"service={value}"


@pytest.mark.parametrize("value", [None, ""])
def test_what_has_no_value_has_a_directory_as_hive_names_it(value: str | None) -> None:
    assert list(split(["service"], rows([value, value]))) == [f"service={NO_VALUE}"]


def test_files_lack_the_columns_that_directories_tell() -> None:
    ((_, part),) = Partitioning(["service"]).split(rows(["a"]))
    assert part.batch.schema.names == ["timestamp", "n"]


@pytest.mark.parametrize("form", FORMATS)
def test_every_directory_has_files_of_its_own(form: str, tmp_path: Path) -> None:
    files = partitioned(tmp_path, ["service"], FORMATS[form])
    for first in (0, 4):
        files.write(rows(["a", "b", "a", "c"], first=first))
        files.commit()
    files.finish()
    found = {Path(each.path).parent.name: numbers([each]) for each in files.accounts}
    assert found == {"service=a": [0, 2, 4, 6], "service=b": [1, 5], "service=c": [3, 7]}
    assert files.lost == 0


def test_only_some_files_are_open_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were least recently written to are complete; later rows begin others."""
    monkeypatch.setattr(partitioned_module, "OPEN_FILES", 2)
    files = partitioned(tmp_path, ["service"])
    for first, service in enumerate("abcad"):
        files.write(rows([service], first=first))
        files.commit()
        assert len(unfinished(tmp_path)) <= 2
    files.finish()
    assert sorted(numbers(files.accounts)) == [0, 1, 2, 3, 4]
    assert [path.name for path in sorted((tmp_path / "service=a").iterdir())] == [
        "traces_0001.parquet",
        "traces_0002.parquet",
    ]


def test_only_some_rows_wait_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory with most of them writes its own."""
    monkeypatch.setattr(partitioned_module, "WAITING_ROWS", 100)
    files = partitioned(tmp_path, ["service"], row_group=10_000)
    sent = 0
    for _ in range(20):
        services = [str(each) for each in np.repeat(["a", "b", "c"], [20, 10, 3])]
        files.write(rows(services, first=sent))
        files.commit()
        sent += len(services)
        assert sum(part.waiting for part in files._parts.values()) <= 100
    files.finish()
    assert sorted(numbers(files.accounts)) == list(range(sent))


def test_a_failure_in_one_directory_leaves_the_others(tmp_path: Path) -> None:
    files = partitioned(tmp_path, ["service"])
    files.write(rows(["a", "b", "a"]))
    files.commit()
    (tmp_path / "service=a" / "traces_0001.parquet").write_text("mine")
    with pytest.raises(FileExistsError):
        files.finish()
    assert numbers(files.accounts) == [1]
    assert files.lost == 2


def test_only_directories_of_the_partitioning_are_looked_at(tmp_path: Path) -> None:
    for name in ("service=a/date=1", "service=b", "other", "date=2"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "service=file").touch()
    found = existing_folders(tmp_path, Partitioning(["service", "date"]))
    assert list(found) == [tmp_path / "service=a/date=1"]


def unfinished(directory: Path) -> list[Path]:
    return sorted(directory.rglob(".*.partial"))


async def test_a_run_refuses_files_that_are_there_and_removes_what_a_killed_one_left(
    tmp_path: Path,
) -> None:
    sink = local_sink("parquet", tmp_path, partition_by=["service"])
    await sink.open()
    for each in writes_of(sink):
        await sink.write(each.signal, each.payload)
    left = unfinished(tmp_path)[0].with_name(".telemetry_traces_0099.parquet.partial")
    left.touch()
    await sink.close()
    assert left.exists()
    again = local_sink("parquet", tmp_path, partition_by=["service"])
    await again.open()
    assert not left.exists()
    await again.close()
    (left.parent / "telemetry_traces_0001.parquet").touch()
    with pytest.raises(UsageError, match="is there already"):
        await again.open()


@pytest.mark.parametrize(
    ("by", "problem"),
    [
        (["colour"], "the table of traces has no column of text called 'colour'"),
        (["level"], "the table of traces has no column of text called 'level'"),
        (["trace_id"], "no column of text"),
        (["attributes"], "no column of text"),
        (["service", "service"], "twice"),
    ],
)
def test_what_rows_cannot_be_divided_by_is_refused(
    by: list[str], problem: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=problem) as caught:
        local_sink("parquet", tmp_path, partition_by=by)
    assert caught.value.place.startswith("sinks[0].options.partition_by")


def test_the_columns_need_only_be_in_the_tables_of_the_run(tmp_path: Path) -> None:
    local_sink("parquet", tmp_path, signals=(Signal.LOGS,), partition_by=["level", "date"])
    local_sink("arrow", tmp_path, columns=["http.route"], partition_by=["http.route"])
