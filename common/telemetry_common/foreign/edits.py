"""Changes the bytes of a chunk so that its messages only ever shrink, and their lengths follow.

Values are overwritten in place and bytes are marked to be left out, so nothing has to move until
the chunk is joined, and what is not touched stays as it is, byte for byte.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from telemetry_common.planning.wire import LENGTH, Bytes, Fields, Offsets
from telemetry_common.planning.words import Words, view_words

_VARINT_BYTES = 10


@dataclass(slots=True)
class Edits:
    """The bytes `start`.. of a file, to be changed; all offsets are those of the file."""

    start: int
    bytes: Bytes
    _words: Words = field(init=False)
    _left_out: NDArray[np.int8] = field(init=False)

    def __post_init__(self) -> None:
        self._words = view_words(self.bytes.data, len(self.bytes))
        self._left_out = np.zeros(len(self.bytes) + 1, np.int8)

    @classmethod
    def of(cls, data: Bytes, start: int, end: int) -> "Edits":
        """Return edits of a copy of the bytes `start`..`end` of `data`."""
        return cls(start, data[start:end].copy())

    def put(self, at: Offsets, value: NDArray[np.uint8]) -> None:
        """Overwrite single bytes."""
        self.bytes[at - self.start] = value

    def put_word(self, at: Offsets, value: NDArray[np.uint64]) -> None:
        """Overwrite 8 bytes each, little-endian."""
        self._words.integer[at - self.start] = value

    def leave_out(self, start: Offsets, end: Offsets) -> None:
        """Mark disjoint byte ranges to be left out."""
        np.add.at(self._left_out, start - self.start, 1)
        np.subtract.at(self._left_out, end - self.start, 1)

    def shrink(self, messages: Fields, by: Offsets) -> Offsets:
        """Write new lengths for messages, `by` (n,) bytes of each of whose bodies are left out.

        Returns how much each whole field becomes shorter, shape (n,).
        """
        rows = np.flatnonzero(by)
        shrunk = messages.select(rows)
        length = shrunk.end - shrunk.start - by[rows]
        width = _varint_widths(length)
        tag = shrunk.start - width - 1
        self.put(tag, (shrunk.number << 3 | LENGTH).astype(np.uint8))
        self._put_varints(tag + 1, length, width)
        self.leave_out(shrunk.tag, tag)
        total = np.zeros(len(messages), np.int64)
        total[rows] = by[rows] + tag - shrunk.tag
        return total

    def _put_varints(self, at: Offsets, value: Offsets, width: Offsets) -> None:
        for place in range(int(width.max(initial=0))):
            rows = np.flatnonzero(width > place)
            more = np.where(width[rows] > place + 1, 0x80, 0)
            part = value[rows] >> 7 * place & 0x7F
            self.put(at[rows] + place, (part | more).astype(np.uint8))

    def joined(self) -> memoryview:
        """Return the changed bytes."""
        kept = np.cumsum(self._left_out[:-1], dtype=np.int8) == 0
        joined: Bytes = self.bytes[kept]
        return joined.data


def _varint_widths(values: Offsets) -> Offsets:
    bounds = np.int64(1) << np.arange(7, 7 * (_VARINT_BYTES - 1), 7)
    return np.searchsorted(bounds, values, "right").astype(np.int64) + 1
