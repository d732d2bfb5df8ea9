"""Divides rows by values of theirs, which become the names of directories.

The names are those that Hive made common and that readers of tables know: `service=cart/date=…`,
with percent signs for what a name cannot hold; they stand in for the columns, which files lack.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.batch import Rows, times_of
from telemetry_sender.tables.schemas.table import TableSchema

NO_VALUE = "__HIVE_DEFAULT_PARTITION__"

_SECONDS: Mapping[str, int] = {"date": 86_400, "hour": 3_600}
_NANOS = 10**9
_MANY = ("attributes", "body", "resource", "status_message", "description")
"""Texts that are no names."""


@dataclass(frozen=True, slots=True)
class _Codes:
    """A number for the value of each row, (n,), and what a number stands for."""

    numbers: NDArray[np.int64]
    """From 0 on, small ones."""
    text: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Partitioning:
    """Columns whose values name directories; `date` and `hour` are those of the timestamp, UTC."""

    columns: Sequence[str]

    def split(self, rows: Rows) -> Iterator[tuple[str, Rows]]:
        """Yield each directory, by its first row, with the rows that belong into it, in order."""
        codes = [_codes_of(rows.batch, name) for name in self.columns]
        rest = rows.batch.drop_columns(
            [name for name in self.columns if name in rows.batch.schema.names]
        )
        for where in _groups([each.numbers for each in codes]):
            values = [each.text(int(each.numbers[where[0]])) for each in codes]
            part = rest if len(where) == rest.num_rows else rest.take(pa.array(where))
            yield self.folder(values), replace(rows, batch=part)

    def folder(self, values: Sequence[str]) -> str:
        """Return the name of the directory for values of the columns."""
        parts = zip(self.columns, values, strict=True)
        return "/".join(folder_start(name) + value for name, value in parts)


def divisible(schema: TableSchema) -> list[str]:
    """Return by what the rows of a table can be divided, beside columns of attributes."""
    texts = [each.name for each in schema.columns if pa.types.is_dictionary(each.type)]
    return [*_SECONDS, *(name for name in texts if name not in _MANY)]


def folder_start(column: str) -> str:
    """Return what the directories of a column begin with."""
    return quote(column, safe="") + "="


def _codes_of(batch: pa.RecordBatch, name: str) -> _Codes:
    if name in _SECONDS and name not in batch.schema.names:
        return _of_time(batch, name)
    column = batch.column(name)
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    numbers = column.indices.fill_null(-1).to_numpy() + 1
    texts = column.dictionary

    def text(number: int) -> str:
        value = texts[number - 1].as_py() if number else None
        return quote(value, safe="") if value else NO_VALUE

    return _Codes(numbers.astype(np.int64), text)


def _of_time(batch: pa.RecordBatch, name: str) -> _Codes:
    """Return the days or hours since 1970 of all rows; 0 for those that do not say."""
    spans = times_of(batch) // (_SECONDS[name] * _NANOS)

    def text(number: int) -> str:
        if not number:
            return NO_VALUE
        instant = datetime.fromtimestamp(number * _SECONDS[name], UTC)
        return f"{instant:%Y-%m-%d}" if name == "date" else f"{instant:%H}"

    return _Codes(spans, text)


def _groups(columns: Sequence[NDArray[np.int64]]) -> Iterator[NDArray[np.int64]]:
    """Yield the places of the rows that are alike in all columns, those of the first row first."""
    _, first, group = np.unique(np.stack(columns), axis=1, return_index=True, return_inverse=True)
    order = np.argsort(group, kind="stable")
    places = np.split(order, np.cumsum(np.bincount(group))[:-1])
    for each in np.argsort(first):
        yield places[each]
