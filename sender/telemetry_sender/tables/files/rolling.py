"""One sequence of files of a table, each of which appears only when it is complete.

Tables are written in groups of rows, and a file says at its end where they are. So a file that met
with an error cannot be completed: it is given up, and what is in it counts as lost.
"""

from dataclasses import dataclass

from telemetry_sender.config.files import RollOptions
from telemetry_sender.files.account import FileAccount
from telemetry_sender.files.complete import CompleteFiles
from telemetry_sender.files.data_file import OpenFile
from telemetry_sender.files.naming import Naming
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.batch import Rows, first_time
from telemetry_sender.tables.files.base import TableFormat
from telemetry_sender.tables.files.joining import text_bytes
from telemetry_sender.tables.files.sizes import Sizes
from telemetry_sender.tables.files.table_file import TableFile
from telemetry_sender.tables.files.waiting import Waiting

_RESERVE = 500
"""A file ends so many times smaller before its limit, for what is only estimated: its end."""
_FULL = 0.95
"""A file is full when it has so much of its limit."""
_MORE = 1.25
"""Rows are measured again when there are so many times as many."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a table are laid out in files."""

    format: TableFormat
    roll: RollOptions
    row_group: int
    """Most rows of a group."""


class RollingTables:
    """The files of one table."""

    def __init__(self, stream: str, naming: Naming, layout: Layout, open_file: OpenFile) -> None:
        self._stream = stream
        self._naming = naming
        self._layout = layout
        self._roll = layout.roll
        self._open_file = open_file

        self._waiting = Waiting()
        self._filling: TableFile | None = None
        self._sealed: list[TableFile] = []
        self._sizes: Sizes | None = None
        self._is_one_group = False
        self._due = 0
        self._sequence = 0
        self._sealed_bytes = 0
        self._reported = 0

        self._batch_rows = 0
        self._waited = 0
        self._is_changed = False
        self._accepted = 0
        self._complete = CompleteFiles(stream, naming.directory)

    @property
    def accounts(self) -> list[FileAccount]:
        """The complete files, in order."""
        return self._complete.accounts

    @property
    def lost(self) -> int:
        """After `finish`: rows that were taken, and that are in no complete file."""
        return self._accepted - self._complete.events

    @property
    def waiting(self) -> int:
        """Rows in memory."""
        return self._waiting.rows

    @property
    def is_open(self) -> bool:
        """Whether a file is being filled."""
        return self._filling is not None

    def write(self, rows: Rows) -> int:
        """Add rows to the batch; return the bytes that this makes on disk. Raises OSError.

        Then only `rollback` makes sense. Of rows that wait in memory the bytes are estimated; they
        are made good when these are written.
        """
        self._batch_rows += rows.events
        self._roll_by_time(rows.time)
        rest = rows.batch
        while rest.num_rows:
            file = self._filling or self._begin(rest)
            count = min(rest.num_rows, self._share(file))
            self._waiting.add(rest.slice(0, count))
            rest = rest.slice(count)
            if self._waiting.rows >= self._due:
                self._flush(is_last=False)
            self._roll_by_records()
        return self._report()

    def flush(self) -> None:
        """Write what waits, as far as it fits into files. Raises OSError."""
        self._flush(is_last=True)

    def complete(self) -> None:
        """Write what waits, and complete the file within the batch. Raises OSError."""
        self._flush(is_last=True)
        if self._filling:
            self._seal(self._filling)

    def commit(self) -> None:
        """End the batch: what it completed appears under its names.

        Raises OSError when that fails; the batch is taken all the same, and what is lost of it is
        counted.
        """
        self._accepted += self._batch_rows
        sealed = self._sealed
        self._end_batch()
        self._complete.publish(sealed)

    def rollback(self) -> None:
        """Undo the batch; if some of it is in a file, give up that file with all that waits."""
        if self._is_changed:
            self._give_up()
        elif self._waiting.rows > self._waited:
            self._waiting.keep_first(self._waited)
        self._batch_rows = 0
        self._end_batch()

    def finish(self) -> None:
        """Complete the last file; safe twice. Raises OSError: then it is given up."""
        try:
            self.complete()
        except OSError:
            self._give_up()
            raise
        self.commit()

    def abort(self) -> None:
        """Leave no unfinished file behind; safe twice."""
        self._give_up()

    def _begin(self, first: pa.RecordBatch) -> TableFile:
        self._is_changed = True
        self._sequence += 1
        self._sizes = self._sizes or self._learned(first)
        time = first_time(first)
        file = self._open_file(self._naming.path(self._stream, self._sequence, time))
        try:
            self._filling = TableFile(self._layout.format, first.schema, file, time)
        except OSError:
            file.discard()
            raise
        self._due = self._rows_due(self._filling)
        return self._filling

    def _learned(self, first: pa.RecordBatch) -> Sizes:
        shares = self._layout.format.shares_texts
        # Where all texts take more than half of a file, it has only those of its own rows, which
        # have to be known when it begins: so it is one group. One by its records is one anyway.
        has_few_rows = 0 < self._roll.records <= self._layout.row_group
        is_small = 0 < self._roll.size < 2 * text_bytes(first)
        self._is_one_group = shares and (is_small or has_few_rows)
        return Sizes(self._layout.format, first, is_own=self._is_one_group or not shares)

    def _share(self, file: TableFile) -> int:
        """Return how many rows may be added to those that wait."""
        count = self._layout.row_group - self._waiting.rows
        if self._roll.records:
            count = min(count, self._roll.records - file.rows - self._waiting.rows)
        return count

    def _roll_by_time(self, time: int) -> None:
        file = self._filling
        if self._roll.every and file and time - file.time >= self._roll.every_nanos:
            self.complete()

    def _roll_by_records(self) -> None:
        rows = self._waiting.rows + (self._filling.rows if self._filling else 0)
        if 0 < self._roll.records <= rows:
            self.complete()

    def _flush(self, *, is_last: bool) -> None:
        """Write what waits; unless it is the last, only groups that are as large as they can be."""
        while self._waiting.rows and (is_last or self._waiting.rows >= self._due):
            rows = self._waiting.all()
            file = self._filling or self._begin(rows)
            count = self._fitting(file, rows)
            if not (is_last or count < rows.num_rows) and self._may_grow(file, rows.num_rows):
                return
            # A single row that is too large for a file has one to itself.
            self._append(file, count if count or file.rows else 1)

    def _fitting(self, file: TableFile, rows: pa.RecordBatch) -> int:
        """Return how many of these rows the file takes."""
        room = self._room(file)
        if not self._roll.size or self._measure.surely_fit(rows, file.groups, room):
            return int(rows.num_rows)
        return self._measure.most_fitting(rows, file.groups, room)

    def _may_grow(self, file: TableFile, rows: int) -> bool:
        """Tell whether so many rows, which fit, are too few for a group; then others are due."""
        if rows >= self._layout.row_group or not self._roll.size:
            return False
        possible = self._rows_due(file)
        self._due = min(max(possible, int(_MORE * rows) + 1), self._layout.row_group)
        return rows < _FULL * possible

    def _append(self, file: TableFile, count: int) -> None:
        """Write the first `count` rows that wait; seal the file if it takes no more."""
        self._is_changed = True
        if count:
            rows = self._waiting.all().slice(0, count)
            size, is_first = file.size, not file.groups
            file.write(self._measure.prepared(rows))
            self._measure.learn(file.size - size, count, is_first=is_first)
            self._waiting.take(count)
        self._due = self._rows_due(file)
        is_full = 0 < self._roll.size * _FULL < file.size + self._measure.footer(file.groups)
        if self._waiting.rows or is_full or self._is_one_group:
            self._seal(file)

    def _rows_due(self, file: TableFile) -> int:
        """Return how many rows make the next group."""
        most = self._layout.row_group
        if not self._roll.size:
            return most
        return min(most, self._measure.rows_for(file.groups, self._room(file)))

    def _room(self, file: TableFile) -> int:
        limit = self._roll.size
        return limit - limit // _RESERVE - file.size

    def _seal(self, file: TableFile) -> None:
        self._is_changed = True
        file.seal()
        self._filling = None
        self._sealed.append(file)
        self._sealed_bytes += file.size

    def _report(self) -> int:
        """Return the bytes on disk that were not reported yet."""
        if self._measure.is_outgrown(self._waiting.rows):
            self._measure.of_group(self._waiting.all(), 0)
        waiting = self._waiting.rows * self._measure.row_bytes
        size = self._sealed_bytes + round(waiting) + (self._filling.size if self._filling else 0)
        grown = max(size - self._reported, 0)
        self._reported += grown
        return grown

    @property
    def _measure(self) -> Sizes:
        assert self._sizes is not None
        return self._sizes

    def _give_up(self) -> None:
        """Remove all files that have no name yet, and what waits."""
        for file in (*self._sealed, *([self._filling] if self._filling else [])):
            file.discard()
        self._filling = None
        self._waiting.clear()
        self._end_batch()

    def _end_batch(self) -> None:
        self._batch_rows = 0
        self._sealed = []
        self._is_changed = False
        self._waited = self._waiting.rows
