"""Finds the fields of protobuf messages by walking their bytes, many messages at a time.

The encoding is described at https://protobuf.dev/programming-guides/encoding/. Nothing is assumed
about field order, unknown fields, repeated fields or minimal varints, so every valid message works.

Wide tables of messages are walked in lockstep with NumPy: step k reads field k of every message.
The few messages that are much longer than the rest are finished by a plain loop, which is faster
there; both walks yield the same rows.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]
Flags = NDArray[np.bool_]

VARINT, FIXED64, LENGTH, GROUP_START, GROUP_END, FIXED32 = 0, 1, 2, 3, 4, 5

_MAX_VARINT = 10
_MAX_NUMBER = (1 << 29) - 1
_MAX_NESTED_GROUPS = 100
# Fewer messages than this are walked faster by the plain loop (measured, two-core EPYC).
_LOCKSTEP_MINIMUM = 48


class WireError(ValueError):
    """The bytes are not a protobuf message; `offset` is where that shows."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(f"byte {offset}: {problem}")
        self.offset = offset
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Messages:
    """A table of messages by their byte ranges: `start` and `end`, both of shape (n,)."""

    start: Offsets
    end: Offsets

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class Fields:
    """A table of fields, one row each, ordered by offset; every column has shape (n,).

    `owner` is the row of the message that holds the field. `tag` is the offset of its tag, and
    `start`..`end` its value: behind the length prefix for LENGTH, the varint itself for VARINT.
    """

    owner: Offsets
    number: Offsets
    wire: Offsets
    tag: Offsets
    start: Offsets
    end: Offsets

    def __len__(self) -> int:
        return len(self.owner)

    def select(self, rows: Flags | Offsets | slice) -> "Fields":
        """Return some of the rows: a mask, indices or a slice."""
        return Fields(
            self.owner[rows],
            self.number[rows],
            self.wire[rows],
            self.tag[rows],
            self.start[rows],
            self.end[rows],
        )

    @classmethod
    def single(cls, start: int, end: int) -> "Fields":
        """Return one row: a field without a tag that spans `start`..`end`."""
        row = (0, 0, LENGTH, start, start, end)
        return cls(*(np.array([value], np.int64) for value in row))

    def of(self, number: int, wire: int) -> "Fields":
        """Return the rows of one field number, as far as they have this wire type."""
        return self.select((self.number == number) & (self.wire == wire))

    def values(self) -> Messages:
        """Return the byte ranges of the values as messages."""
        return Messages(self.start, self.end)


class _Row(NamedTuple):
    number: int
    wire: int
    tag: int
    start: int
    end: int


def scan(data: Bytes, messages: Messages, keep: Collection[int] | None = None) -> Fields:
    """Return the fields of `messages`, whose ranges lie in `data`, in rising order, disjoint.

    With `keep`, only fields of these numbers are returned; the others are walked over. Raises
    WireError at the first place (of some message) that is not protobuf.
    """
    parts: list[Fields] = []
    owner = np.arange(len(messages), dtype=np.int64)
    cursor, end = messages.start, messages.end
    while True:
        unfinished = cursor < end
        owner, cursor, end = owner[unfinished], cursor[unfinished], end[unfinished]
        if len(owner) < _LOCKSTEP_MINIMUM:
            break
        step = _read_step(data, owner, cursor, end)
        if step is None:
            break
        parts.append(_kept(step, keep))
        cursor = step.end
    parts.append(_kept(_read_rest(data, owner, cursor, end), keep))
    return _merge(parts)


def _kept(fields: Fields, keep: Collection[int] | None) -> Fields:
    if keep is None:
        return fields
    return fields.select(np.isin(fields.number, np.fromiter(keep, np.int64, len(keep))))


def _merge(parts: list[Fields]) -> Fields:
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in Fields.__slots__]
    merged = Fields(*columns)
    order = np.argsort(merged.tag, kind="stable")
    return Fields(*(column[order] for column in columns))


def _read_step(data: Bytes, owner: Offsets, cursor: Offsets, end: Offsets) -> Fields | None:
    """Read one field of every message; None where a group makes lockstep impossible."""
    tag, after = read_varints(data, cursor, end)
    number, wire = tag >> 3, tag & 7
    if np.any((wire == GROUP_START) | (wire == GROUP_END)):
        return None
    _check(np.flatnonzero((number < 1) | (number > _MAX_NUMBER)), cursor, "not a field number")
    _check(np.flatnonzero(wire > FIXED32), cursor, "not a wire type")
    start = after.copy()
    stop = after + 8 * (wire == FIXED64) + 4 * (wire == FIXED32)
    _step_over_varints(data, wire, after, stop, end)
    _step_over_lengths(data, wire, start, stop, end)
    _check(np.flatnonzero((stop > end) | (stop < start)), cursor, "field ends outside its message")
    return Fields(owner, number, wire, cursor, start, stop)


def _step_over_varints(
    data: Bytes, wire: Offsets, after: Offsets, stop: Offsets, end: Offsets
) -> None:
    rows = np.flatnonzero(wire == VARINT)
    if len(rows):
        stop[rows] = read_varints(data, after[rows], end[rows])[1]


def _step_over_lengths(
    data: Bytes, wire: Offsets, start: Offsets, stop: Offsets, end: Offsets
) -> None:
    rows = np.flatnonzero(wire == LENGTH)
    if len(rows):
        length, begin = read_varints(data, start[rows], end[rows])
        _check(np.flatnonzero(length < 0), begin, "negative length")
        start[rows] = begin
        stop[rows] = begin + length


def read_varints(data: Bytes, at: Offsets, end: Offsets) -> tuple[Offsets, Offsets]:
    """Return the varints at `at` (as int64, wrapped) and the offsets behind them.

    One of more than 64 bits reads as -1, so that it is neither a tag nor a length. Raises WireError
    when one runs over its `end` or is longer than ten bytes.
    """
    _check(np.flatnonzero(at >= end), at, "message ends where a varint should begin")
    byte = data[at].astype(np.int64)
    value, after = byte & 0x7F, at + 1
    rows = np.flatnonzero(byte & 0x80)
    for position in range(1, _MAX_VARINT):
        if not len(rows):
            return value, after
        place = after[rows]
        _check(np.flatnonzero(place >= end[rows]), place, "varint runs over the message's end")
        byte = data[place].astype(np.int64)
        value[rows] |= (byte & 0x7F) << (7 * position)
        after[rows] += 1
        if position == _MAX_VARINT - 1:
            value[rows[byte > 1]] = -1
        rows = rows[(byte & 0x80) != 0]
    _check(rows, at, "varint of more than ten bytes")
    return value, after


def _check(bad: Offsets, offsets: Offsets, problem: str) -> None:
    if len(bad):
        raise WireError(int(offsets[bad[0]]), problem)


def _read_rest(data: Bytes, owner: Offsets, cursor: Offsets, end: Offsets) -> Fields:
    """Walk each message to its end with a plain loop."""
    owners: list[int] = []
    rows: list[_Row] = []
    view = data.data
    for row, begin, stop in zip(owner.tolist(), cursor.tolist(), end.tolist(), strict=True):
        found = list(_walk(view, begin, stop))
        rows += found
        owners += [row] * len(found)
    table = np.array(rows, dtype=np.int64).reshape(-1, len(_Row._fields))
    return Fields(np.array(owners, dtype=np.int64), *np.ascontiguousarray(table.T))


def _walk(view: memoryview, cursor: int, end: int) -> Iterator[_Row]:
    while cursor < end:
        tag, after = read_varint(view, cursor, end)
        number, wire = tag >> 3, tag & 7
        start, stop = _value(view, cursor, number, wire, after, end)
        yield _Row(number, wire, cursor, start, stop)
        cursor = stop


def _value(
    view: memoryview, tag: int, number: int, wire: int, after: int, end: int, depth: int = 0
) -> tuple[int, int]:
    """Return where the value behind the tag at `tag` starts and ends."""
    if not 1 <= number <= _MAX_NUMBER:
        raise WireError(tag, "not a field number")
    start = after
    if wire == VARINT:
        stop = read_varint(view, after, end)[1]
    elif wire == LENGTH:
        length, start = read_varint(view, after, end)
        stop = start + length
    elif wire == GROUP_START:
        stop = group_end(view, number, after, end, depth + 1)
    elif wire in (FIXED64, FIXED32):
        stop = after + (8 if wire == FIXED64 else 4)
    else:
        raise WireError(tag, "not a wire type")
    if stop > end:
        raise WireError(tag, "field ends outside its message")
    return start, stop


def group_end(view: memoryview, group: int, cursor: int, end: int, depth: int = 1) -> int:
    """Return the offset behind the group of this number whose content begins at `cursor`.

    Raises WireError where it has no end before `end`, or is not protobuf.
    """
    if depth > _MAX_NESTED_GROUPS:
        raise WireError(cursor, "groups nested too deeply")
    while cursor < end:
        tag, after = read_varint(view, cursor, end)
        if tag == (group << 3 | GROUP_END):
            return after
        cursor = _value(view, cursor, tag >> 3, tag & 7, after, end, depth)[1]
    raise WireError(end, "group without an end")


def read_varint(view: memoryview | bytes, at: int, end: int) -> tuple[int, int]:
    """Return the varint at `at`, not wrapped, and the offset behind it.

    Raises WireError when it runs over `end` or is longer than ten bytes.
    """
    value = 0
    for position in range(_MAX_VARINT):
        if at + position >= end:
            raise WireError(at, "varint runs over the message's end")
        byte: int = view[at + position]
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return value, at + position + 1
    raise WireError(at, "varint of more than ten bytes")


def encode_varint(value: int) -> bytes:
    """Return a non-negative integer as a minimal varint."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
