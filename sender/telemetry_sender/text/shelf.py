"""Keeps rendered blocks for their next pass: in a nameless file, whose pages the system may drop.

Their texts are two to three times as long as the template, so memory would not do for large sets.
What was read lately is in the page cache, and copied from there as fast as from memory.
"""

import contextlib
import os
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from telemetry_common.planning.words import Words, view_words
from telemetry_sender.text.fields import SlotKind
from telemetry_sender.text.rendered import Rendered, TextSlots

BlockKey = tuple[int, int]
"""The first event of a block, and the one behind its last."""

_ALIGNMENT = 16
_OFFSET_BYTES = 8


@dataclass(frozen=True, slots=True)
class Opened:
    """A copy of a rendered block that may be written to: gone with the next one opened."""

    text: memoryview
    words: Words
    slots: Mapping[SlotKind, TextSlots]


@dataclass(frozen=True, slots=True)
class _Record:
    """Where a rendered block is kept: its text, then the offsets of each kind of slots."""

    at: int
    text_size: int
    counts: tuple[tuple[SlotKind, int], ...]

    @property
    def slots_at(self) -> int:
        return self.text_size + -self.text_size % _ALIGNMENT

    @property
    def size(self) -> int:
        return self.slots_at + 2 * _OFFSET_BYTES * sum(count for _, count in self.counts)


class Shelf:
    """Rendered blocks by their events. The file is gone with the shelf, however that ends.

    It lies in the directory `near`, or in the system's temporary directory where that is read-only.
    A block for which the disk has no room is not kept, so it is to be rendered again: that costs
    speed, not the run.
    """

    def __init__(self, near: Path) -> None:
        self._near = near
        self._file: int | None = None
        self._end = 0
        self._records: dict[BlockKey, _Record] = {}
        self._buffer = bytearray()

    def open(self, key: BlockKey) -> Opened | None:
        """Return a copy of what was put there; None if nothing was, or there was no room."""
        record = self._records.get(key)
        if record is None or self._file is None:
            return None
        view = memoryview(self._reserved(record.size))[: record.size]
        if os.preadv(self._file, [view], record.at) < record.size:
            raise EOFError("a rendered block was cut off")
        return self._opened(record)

    def put(self, key: BlockKey, rendered: Rendered) -> Opened:
        """Keep a block if there is room, and return a copy of it."""
        counts = tuple((kind, len(places.wire)) for kind, places in rendered.slots.items())
        record = _Record(self._end, len(rendered.text), counts)
        buffer = self._reserved(record.size)
        buffer[: record.text_size] = rendered.text
        opened = self._opened(record)
        for kind, places in rendered.slots.items():
            opened.slots[kind].wire[:] = places.wire
            opened.slots[kind].text[:] = places.text
        with contextlib.suppress(OSError):
            self._write(memoryview(buffer)[: record.size])
            self._records[key] = record
            self._end += record.size + -record.size % _ALIGNMENT
        return opened

    def _reserved(self, size: int) -> bytearray:
        if size > len(self._buffer):
            self._buffer = bytearray(size)
        return self._buffer

    def _opened(self, record: _Record) -> Opened:
        offsets = np.frombuffer(self._buffer, np.int64, offset=record.slots_at)
        slots: dict[SlotKind, TextSlots] = {}
        first = 0
        for kind, count in record.counts:
            middle, last = first + count, first + 2 * count
            slots[kind] = TextSlots(offsets[first:middle], offsets[middle:last])
            first = last
        words = view_words(self._buffer, record.text_size)
        return Opened(memoryview(self._buffer)[: record.text_size], words, slots)

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
