"""Rows that wait until they are worth a group of their own."""

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.files.joining import joined


class Waiting:
    """Rows in order, of which the first are taken."""

    def __init__(self) -> None:
        self.rows = 0
        self._batches: list[pa.RecordBatch] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Add rows behind the others."""
        self._batches.append(batch)
        self.rows += batch.num_rows

    def all(self) -> pa.RecordBatch:
        """Return all rows as one batch; there has to be one."""
        if len(self._batches) > 1:
            self._batches = [joined(self._batches)]
        return self._batches[0]

    def take(self, count: int) -> None:
        """Remove the first rows."""
        self._keep(self.all().slice(count))

    def keep_first(self, count: int) -> None:
        """Remove all but the first rows."""
        self._keep(self.all().slice(0, count))

    def clear(self) -> None:
        """Remove all rows."""
        self._batches, self.rows = [], 0

    def _keep(self, rows: pa.RecordBatch) -> None:
        self._batches = [rows] if rows.num_rows else []
        self.rows = rows.num_rows
