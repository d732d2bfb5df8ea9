"""Rows of tables on their way to where they are kept."""

from dataclasses import dataclass

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


class TableBatch(tuple[Rows, ...]):
    """The rows of one block, those of each stream together; its length is that in bytes."""

    __slots__ = ()

    def __len__(self) -> int:
        return sum(map(len, self))


def _bytes(column: pa.Array) -> int:
    is_text = pa.types.is_dictionary(column.type)
    return int((column.indices if is_text else column).nbytes)
