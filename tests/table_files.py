"""Tables of numbered rows, and what is in files of them as pyarrow reads them."""

import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from telemetry_sender.config.files import RollOptions
from telemetry_sender.files.account import FileAccount
from telemetry_sender.files.codec import Packed
from telemetry_sender.files.data_file import HiddenFile, OpenFile
from telemetry_sender.files.naming import Naming
from telemetry_sender.tables.batch import Rows
from telemetry_sender.tables.files.base import TableFormat
from telemetry_sender.tables.files.ipc import arrow_format
from telemetry_sender.tables.files.parquet import parquet_format
from telemetry_sender.tables.files.rolling import Layout, RollingTables

START = 1_767_225_600 * 10**9
"""2026-01-01T00:00:00Z in Unix nanoseconds."""

PARQUET = parquet_format("zstd", 1, dictionaries=True, statistics=True)
ARROW = arrow_format(None, None, is_stream=False)
STREAM = arrow_format("zstd", 1, is_stream=True)
FORMATS = {"parquet": PARQUET, "arrow": ARROW, "arrow stream": STREAM}

TEXT = pa.dictionary(pa.int32(), pa.string())
EVENTS = pa.list_(pa.struct([pa.field("name", TEXT), pa.field("n", pa.int64())]))
SCHEMA = pa.schema(
    [
        pa.field("timestamp", pa.timestamp("ns", "UTC")),
        pa.field("n", pa.int64()),
        pa.field("noise", pa.string()),
        pa.field("service", TEXT),
        pa.field("events", EVENTS),
    ]
)


class Texts:
    """The texts that all rows of a run refer to, as those of one template do."""

    def __init__(self, count: int = 20, width: int = 8) -> None:
        self.array = pa.array([f"{number:0{width}d}" for number in range(count)])

    def codes(self, numbers: Sequence[int | None]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), self.array)

    def rows(
        self, first: int, count: int, *, time: int = START, noise: int = 8, stream: str = "traces"
    ) -> Rows:
        """Return rows that say their numbers, a nanosecond apart."""
        numbers, many = range(first, first + count), len(self.array)
        random = Random(first)
        lists = [number % 3 for number in numbers]
        items = [
            number for number, length in zip(numbers, lists, strict=True) for _ in range(length)
        ]
        inner = pa.StructArray.from_arrays(
            [self.codes([each % many for each in items]), pa.array(items, pa.int64())],
            fields=list(EVENTS.value_type),
        )
        ends = [0]
        for length in lists:
            ends.append(ends[-1] + length)
        columns = [
            pa.array(range(time, time + count), SCHEMA.field("timestamp").type),
            pa.array(numbers, pa.int64()),
            pa.array([random.randbytes(noise).hex() for _ in numbers]),
            self.codes([None if number % 7 == 0 else number % many for number in numbers]),
            pa.ListArray.from_arrays(pa.array(ends, pa.int32()), inner, type=EVENTS),
        ]
        return Rows(stream, pa.RecordBatch.from_arrays(columns, schema=SCHEMA), time)


def tables_in(
    directory: Path,
    table_format: TableFormat,
    roll: RollOptions | None = None,
    *,
    row_group: int = 1000,
    name: str = "{stream}_{sequence}",
    open_file: OpenFile = HiddenFile,
) -> RollingTables:
    """Return files of traces, called `traces_0001.parquet` and so on."""
    naming = Naming(directory, name, "telemetry", f".{table_format.suffix}")
    layout = Layout(table_format, roll or RollOptions(), row_group)
    return RollingTables("traces", naming, layout, open_file)


def read(path: Path | str) -> pa.Table:
    """Return what is in a file, by its name."""
    suffix = Path(path).suffix
    if suffix == ".parquet":
        return pq.ParquetFile(path).read()
    with pa.OSFile(str(path)) as file:
        opened = pa.ipc.open_stream(file) if suffix == ".arrows" else pa.ipc.open_file(file)
        return opened.read_all()


def numbers(accounts: Iterable[FileAccount]) -> list[int]:
    """Return the numbers of the rows of files, in order; every account has to be right."""
    found: list[int] = []
    for account in accounts:
        table = read(account.path)
        assert (Path(account.path).stat().st_size, table.num_rows) == (
            account.bytes,
            account.records,
        )
        found += table.column("n").to_pylist()
    return found


class SmallDisk:
    """Makes real files until so many bytes are written to all of them together."""

    def __init__(self, room: int) -> None:
        self.room = room

    def open(self, path: Path) -> HiddenFile:
        return _BoundFile(path, self)


class _BoundFile(HiddenFile):
    def __init__(self, path: Path, disk: SmallDisk) -> None:
        super().__init__(path)
        self._disk = disk

    def write(self, data: Packed, at: int) -> None:
        self._disk.room -= len(data)
        if self._disk.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().write(data, at)
