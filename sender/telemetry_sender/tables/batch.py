"""Rows of tables on their way to where they are kept."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.tables.arrow import pa


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the table of one stream: those of one block in one pass."""

    stream: str
    batch: pa.RecordBatch
    time: int
    """When the first of them happened, as it says itself; Unix nanoseconds, 0 if it does not."""

    @property
    def events(self) -> int:
        """Events that they hold: one each."""
        return int(self.batch.num_rows)

    def __len__(self) -> int:
        """Return their bytes in memory; dictionaries, which batches share, do not count."""
        return sum(map(_bytes, self.batch.columns))


def times_of(batch: pa.RecordBatch) -> NDArray[np.int64]:
    """Return when rows happened, or else were observed: Unix nanoseconds (n,), 0 if unknown."""
    times = _nanos(batch, "timestamp")
    if "observed_time" not in batch.schema.names or times.all():
        return times
    return np.where(times == 0, _nanos(batch, "observed_time"), times)


def first_time(batch: pa.RecordBatch) -> int:
    """Return when the first of some rows happened, as it says itself."""
    return int(times_of(batch.slice(0, 1))[0])


class TableBatch(tuple[Rows, ...]):
    """The rows of one block, those of each stream together; its length is that in bytes."""

    __slots__ = ()

    def __len__(self) -> int:
        return sum(map(len, self))


def _nanos(batch: pa.RecordBatch, name: str) -> NDArray[np.int64]:
    times: NDArray[np.int64] = batch.column(name).cast(pa.int64()).fill_null(0).to_numpy()
    return times


def _bytes(column: pa.Array) -> int:
    is_text = pa.types.is_dictionary(column.type)
    return int((column.indices if is_text else column).nbytes)
