"""Reads tables back as rows of JSON, batch by batch; `telemetry-sender read` does."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pyarrow import parquet

from telemetry_sender.reading.base import Request
from telemetry_sender.reading.errors import DamagedError, UnreadableError
from telemetry_sender.records.json_text import finite
from telemetry_sender.tables.arrow import pa

Row = dict[str, Any]

_BATCH_ROWS = 1024
_FIX = "write or copy the file again"

_encoded = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=bytes.hex
).encode


class TableRows:
    """Reads the rows of one file."""

    def __init__(
        self, name: str, schema: pa.Schema, batches: Callable[[], Iterable[pa.RecordBatch]]
    ) -> None:
        self._name = name
        self._schema = schema
        self._batches = batches

    def schema(self) -> str:
        """Return the types of the columns by their names."""
        return json.dumps({field.name: str(field.type) for field in self._schema})

    def records(self) -> Iterator[Row]:
        """Yield the rows. Raises DamagedError for a batch that cannot be read."""
        row = 0
        try:
            for batch in self._batches():
                for first in range(0, len(batch), _BATCH_ROWS):
                    rows = _plain(batch.slice(first, _BATCH_ROWS))
                    yield from rows
                    row += len(rows)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise DamagedError(f"{self._name}: row {row:,}", _why(error), _FIX) from None

    def line(self, record: Row) -> bytes:
        """Return a row as a line of JSON: times as text, bytes in hexadecimal digits."""
        try:
            text = _encoded(record)
        except ValueError:
            text = _encoded(finite(record))
        return text.encode() + b"\n"


def open_arrow(request: Request) -> TableRows:
    """Return the reader of an Arrow IPC file or stream. Raises UnreadableError, DamagedError."""

    def opened() -> TableRows:
        if request.source.peek(6) == b"ARROW1":
            file = pa.ipc.open_file(_on_disk(request))
            numbers = range(file.num_record_batches)
            return TableRows(request.name, file.schema, lambda: map(file.get_batch, numbers))
        stream = pa.ipc.open_stream(_on_disk(request))
        return TableRows(request.name, stream.schema, lambda: stream)

    return _translated(request.name, opened)


def open_parquet(request: Request) -> TableRows:
    """Return the reader of a Parquet file. Raises UnreadableError, DamagedError."""

    def opened() -> TableRows:
        file = parquet.ParquetFile(_on_disk(request))
        return TableRows(
            request.name, file.schema_arrow, lambda: file.iter_batches(batch_size=_BATCH_ROWS)
        )

    return _translated(request.name, opened)


def _on_disk(request: Request) -> Any:
    """Return the file itself, from its start: tables are not read from front to back."""
    if not request.file.seekable():
        fix = "give it as a file"
        raise UnreadableError(request.name, "a table cannot be read from a pipe", fix)
    request.file.seek(0)
    return request.file


def _translated(name: str, opened: Callable[[], TableRows]) -> TableRows:
    try:
        return opened()
    except (pa.ArrowException, OSError) as error:
        raise DamagedError(name, _why(error), _FIX) from None


def _plain(batch: pa.RecordBatch) -> list[Row]:
    """Return rows of what JSON has: Python has no times in nanoseconds, so they become text."""
    columns = [pa.field(each.name, _without_times(each.type)) for each in batch.schema]
    rows: list[Row] = batch.cast(pa.schema(columns)).to_pylist(maps_as_pydicts="lossy")
    for field, column in zip(batch.schema, columns, strict=True):
        if field.type != column.type:
            for row in rows:
                row[field.name] = _with_t(row[field.name], field.type)
    return rows


def _with_t(value: Any, kind: pa.DataType) -> Any:
    """Return a value with its times as RFC 3339 has them: Arrow writes a space instead of T."""
    if value is None:
        return None
    if pa.types.is_timestamp(kind):
        return value.replace(" ", "T")
    if pa.types.is_list(kind):
        return [_with_t(each, kind.value_type) for each in value]
    if pa.types.is_struct(kind):
        return {each.name: _with_t(value[each.name], each.type) for each in kind}
    return value


def _without_times(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(_without_times(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(each.name, _without_times(each.type)) for each in kind])
    return kind


def _why(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
