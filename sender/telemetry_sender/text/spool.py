"""Keeps texts for their next pass: in a nameless file, whose pages the system may drop.

They are two to three times as long as the template, so memory would not do for large sets. What
was read lately is in the page cache, and copied from there as fast as from memory.
"""

import contextlib
import os
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from telemetry_common.planning.wire import Offsets

BlockKey = tuple[int, int]
"""The first event of a block, and the one behind its last."""

Label = TypeVar("Label")
_ALIGNMENT = 16
_OFFSET_BYTES = 8


@dataclass(frozen=True, slots=True)
class Kept(Generic[Label]):
    """A copy of a text with its columns, which may be written to: gone with the next one."""

    text: memoryview
    columns: tuple[Offsets, ...]
    label: Label
    """What tells the columns apart."""


@dataclass(frozen=True, slots=True)
class _Record(Generic[Label]):
    """Where a text is kept: itself, then its columns."""

    at: int
    text_size: int
    counts: tuple[int, ...]
    """Rows of each column."""
    label: Label

    @property
    def columns_at(self) -> int:
        return self.text_size + -self.text_size % _ALIGNMENT

    @property
    def size(self) -> int:
        return self.columns_at + _OFFSET_BYTES * sum(self.counts)


class Spool(Generic[Label]):
    """Texts by the events of their blocks. The file is gone with the spool, however that ends.

    It lies in the directory `near`, or in the system's temporary directory where that is read-only.
    A text for which the disk has no room is not kept, so it is to be made again: that costs speed,
    not the run.
    """

    def __init__(self, near: Path) -> None:
        self._near = near
        self._file: int | None = None
        self._end = 0
        self._records: dict[BlockKey, _Record[Label]] = {}
        self._buffer = bytearray()

    def open(self, key: BlockKey) -> Kept[Label] | None:
        """Return a copy of what was put there; None if nothing was, or there was no room."""
        record = self._records.get(key)
        if record is None or self._file is None:
            return None
        view = memoryview(self._reserved(record.size))[: record.size]
        if os.preadv(self._file, [view], record.at) < record.size:
            raise EOFError("a text of a block was cut off")
        return self._kept(record)

    def put(
        self, key: BlockKey, label: Label, text: bytes, columns: Sequence[Offsets]
    ) -> Kept[Label]:
        """Keep a text with columns of any length if there is room, and return a copy of it."""
        record = _Record(self._end, len(text), tuple(map(len, columns)), label)
        buffer = self._reserved(record.size)
        buffer[: record.text_size] = text
        kept = self._kept(record)
        for own, column in zip(kept.columns, columns, strict=True):
            own[:] = column
        with contextlib.suppress(OSError):
            self._write(memoryview(buffer)[: record.size])
            self._records[key] = record
            self._end += record.size + -record.size % _ALIGNMENT
        return kept

    def _reserved(self, size: int) -> bytearray:
        if size > len(self._buffer):
            self._buffer = bytearray(size)
        return self._buffer

    def _kept(self, record: _Record[Label]) -> Kept[Label]:
        columns = []
        at = record.columns_at
        for count in record.counts:
            columns.append(np.frombuffer(self._buffer, np.int64, count, at))
            at += _OFFSET_BYTES * count
        return Kept(memoryview(self._buffer)[: record.text_size], tuple(columns), record.label)

    def _write(self, data: memoryview) -> None:
        if self._file is None:
            self._file = _nameless_file(self._near)
            weakref.finalize(self, os.close, self._file)
        written = 0
        while written < len(data):
            written += os.pwrite(self._file, data[written:], self._end + written)


def _nameless_file(near: Path) -> int:
    """Return a descriptor of a new file without a name."""
    with contextlib.suppress(OSError):
        return _nameless_in(near)
    return _nameless_in(None)


def _nameless_in(directory: Path | None) -> int:
    with tempfile.TemporaryFile(dir=directory) as file:
        return os.dup(file.fileno())
