"""Knows how many bytes rows take in the files of one table, and finds how many rows fit."""

import sys

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.files.base import TableFormat
from telemetry_sender.tables.files.joining import compacted
from telemetry_sender.tables.files.measuring import Extent, extent

_NEAR = 0.97
"""A file is full when so much of the room for a group is taken."""
_FOOTER_SLACK = 1.1
"""Groups are described at the end of a file, by offsets and statistics of varying length."""


def weight(table_format: TableFormat, rows: pa.RecordBatch) -> int:
    """Return how many bytes rows make in a file, without what it has even if it is empty."""
    alone = compacted(rows)
    measured = extent(table_format, alone, schema=rows.schema)
    empty = extent(table_format, schema=rows.schema)
    return measured.body - empty.body + measured.footer - empty.footer


class Sizes:
    """Sizes of the groups of a table; each measurement makes the next guess better."""

    def __init__(self, table_format: TableFormat, first: pa.RecordBatch, *, is_own: bool) -> None:
        """Learn from some first rows. With `is_own`, each group has its own texts."""
        self._format = table_format
        self._schema = first.schema
        self._is_own = is_own
        self._empty = extent(table_format, schema=first.schema)
        self._group_footer = 0.0
        self._shared = 0
        if not is_own:
            self._shared = self._texts_before(first.slice(0, 0))
        self.row_bytes = 0.0
        """Bytes that a row takes in a group like the last one."""
        self._known_rows = 0
        self.of_group(first, 0)

    def prepared(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return rows as they are written."""
        return compacted(rows) if self._is_own else rows

    def of_group(self, rows: pa.RecordBatch, groups: int) -> int:
        """Return how much these rows add behind so many groups, with what ends the file then."""
        measured = self._measured(self.prepared(rows))
        self._group_footer = max(self._group_footer, measured.footer - self._empty.footer)
        body = measured.body - self._empty.body
        alone = body - self._shared
        self.row_bytes = max(alone, 1) / max(rows.num_rows, 1)
        self._known_rows = rows.num_rows
        return (alone if groups else body) + self.footer(groups + 1)

    def learn(self, size: int, rows: int, *, is_first: bool) -> None:
        """Note how large a group became; the first one has the texts that all share before it."""
        self.row_bytes = max(size - self._shared * is_first, 1) / rows
        self._known_rows = sys.maxsize

    def is_outgrown(self, rows: int) -> bool:
        """Tell whether so many rows take less each than what was measured: few have all texts."""
        return rows >= 4 * self._known_rows

    def rows_for(self, groups: int, room: int) -> int:
        """Return how many rows will about fit into `room` bytes behind so many groups; or 1."""
        return max(int((room - self.footer(groups + 1)) / self.row_bytes), 1)

    def surely_fit(self, rows: pa.RecordBatch, groups: int, room: int) -> bool:
        """Tell whether these rows fit without measuring: no encoding doubles them."""
        return 2 * int(rows.nbytes) + 4096 * len(rows.schema) + self.footer(groups + 1) < room

    def most_fitting(self, rows: pa.RecordBatch, groups: int, room: int) -> int:
        """Return how many of the first rows fit into `room` bytes, or nearly as many.

        The search ends when they nearly fill it.
        """
        fits, too_many = 0, rows.num_rows + 1
        guess = rows.num_rows
        while True:
            size = self.of_group(rows.slice(0, guess), groups)
            if size <= room:
                fits = guess
            else:
                too_many = guess
            if too_many - fits <= 1 or (fits == guess and size >= _NEAR * room):
                return fits
            guess = self._between(fits, too_many, guess * room / size)

    def footer(self, groups: int) -> int:
        """Return at most how many bytes are behind so many groups."""
        slack = 1.0 if groups == 1 else _FOOTER_SLACK
        return round(self._empty.footer + groups * self._group_footer * slack)

    def _texts_before(self, no_rows: pa.RecordBatch) -> int:
        """Return the bytes of the texts that are written before the first group."""
        two = extent(self._format, no_rows, no_rows, schema=self._schema).body
        return 2 * self._measured(no_rows).body - two - self._empty.body

    def _between(self, fits: int, too_many: int, in_proportion: float) -> int:
        """Return a guess a little below proportion, but one that halves what is left at worst."""
        width = too_many - fits
        margin = width // 8
        guess = int(in_proportion * (1 + _NEAR) / 2)
        return min(max(guess, fits + 1 + margin), too_many - 1 - margin)

    def _measured(self, rows: pa.RecordBatch) -> Extent:
        return extent(self._format, rows, schema=self._schema)
