"""Columns that a stamper changes: gathered from the bytes of every stamped block.

So there is no second truth about ids, times and values: a table says what the request says.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry_common.planning.words import Words
from telemetry_sender.events.model import Spot
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.base import Column, Source, StampedRows, Starts
from telemetry_sender.text.digits import hexadecimal
from telemetry_sender.text.fields import SlotKind

TIME = pa.timestamp("ns", tz="UTC")
_LAST_INSTANT = np.uint64(2**63 - 1)
"""Of a timestamp in nanoseconds with 64 bits: 2262-04-11T23:47:16.854775807Z."""

Flags = NDArray[np.bool_]
GetSpot = Callable[[Any], Spot | None]
HasZero = Callable[[Any], bool]
"""Tells whether an event without the spot has the value 0."""
ToArrow = Callable[[NDArray[Any], pa.DataType, Flags | None], pa.Array]
"""Makes an array of raw words (n,), the type, and which of them are there (None: all)."""

MISSING, _ZERO = -1, -2
"""Where there is no value, and where the wire leaves out one that is 0."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where each row has a value."""

    behind: NDArray[np.int32]
    """Bytes behind the start of its event; below 0 for none, and for 0."""
    width: int
    """Bytes of a value."""
    is_full: bool
    """Whether the wire has one in all rows."""

    @classmethod
    def of(cls, behind: Sequence[int], width: int) -> "Places":
        """Return the places of all rows."""
        column = np.array(behind, np.int32)
        return cls(column, width, bool(np.all(column >= 0)))

    def gather(self, stamped: StampedRows, rows: slice) -> tuple[NDArray[Any], Flags | None]:
        """Return the words (n,) of these rows, and which of them are there; None says all are.

        What is not there is 0.
        """
        behind = self.behind[rows]
        if self.is_full:
            return self._words(stamped.words)[stamped.starts + behind], None
        written = behind >= 0
        words = self._words(stamped.words)
        found = np.zeros(len(behind), words.dtype)
        found[written] = words[stamped.starts[written] + behind[written]]
        return found, behind != MISSING

    def repeated(self, times: int) -> "Places":
        """Return the places as often."""
        return Places(np.tile(self.behind, times), self.width, self.is_full)

    def _words(self, words: Words) -> NDArray[Any]:
        return words.pair if self.width == 16 else words.integer


@dataclass(frozen=True, slots=True)
class Gathered:
    """A column of values that stand in a stamped block."""

    type: pa.DataType
    places: Places
    to_arrow: ToArrow

    def array(self, stamped: StampedRows, rows: slice) -> pa.Array:
        """Return the values of these rows, as they were stamped."""
        words, present = self.places.gather(stamped, rows)
        return self.to_arrow(words, self.type, present)

    def repeated(self, times: int) -> "Gathered":
        """Return the values as often."""
        return Gathered(self.type, self.places.repeated(times), self.to_arrow)


class SpotBuilder:
    """Takes in where values stand, which have `width` bytes each."""

    def __init__(
        self,
        get: GetSpot,
        width: int,
        type_: pa.DataType,
        to_arrow: ToArrow,
        has_zero: HasZero = lambda _: False,
    ) -> None:
        self._get = get
        self._has_zero = has_zero
        self._width = width
        self._type = type_
        self._to_arrow = to_arrow
        self._behind = array("i")

    def add(self, events: Sequence[Any], starts: Starts) -> None:
        """Take in the next events."""
        for event, start in zip(events, starts, strict=True):
            spot = self._get(event)
            if spot is not None:
                self._behind.append(spot.at - start)
            else:
                self._behind.append(_ZERO if self._has_zero(event) else MISSING)

    def finish(self) -> Source:
        """Return the column of all events."""
        return Gathered(self._type, Places.of(self._behind, self._width), self._to_arrow)


def _bitmap(present: Flags | None) -> pa.Buffer | None:
    """Return which values are there, as Arrow has it: a bit each, the lowest first."""
    if present is None:
        return None
    return pa.py_buffer(np.packbits(present, bitorder="little"))


def plain(words: NDArray[Any], type_: pa.DataType, present: Flags | None) -> pa.Array:
    """Return words as they are: numbers, instants and ids of as many bytes."""
    return pa.Array.from_buffers(type_, len(words), [_bitmap(present), pa.py_buffer(words)])


def instants(words: NDArray[Any], type_: pa.DataType, present: Flags | None) -> pa.Array:
    """Return Unix nanoseconds as instants; null for those after 2262, which Arrow has not."""
    fits = words <= _LAST_INSTANT
    if np.all(fits):
        return plain(words, type_, present)
    return plain(words, type_, fits if present is None else fits & present)


def hexes(words: NDArray[Any], type_: pa.DataType, present: Flags | None) -> pa.Array:
    """Return the bytes of each word as hexadecimal digits."""
    if not len(words):
        return pa.array([], type_)
    digits = hexadecimal(words)
    ends = np.arange(0, digits.size + 1, digits.shape[1], dtype=np.int32)
    buffers = [_bitmap(present), pa.py_buffer(ends), pa.py_buffer(digits)]
    return pa.Array.from_buffers(type_, len(words), buffers)


def time(name: str, doc: str, get: GetSpot) -> Column:
    """Return a column of instants."""
    return Column(name, doc, TIME, lambda: SpotBuilder(get, 8, TIME, instants))


def number(
    name: str,
    doc: str,
    type_: pa.DataType,
    get: GetSpot,
    has_zero: HasZero = lambda _: False,
) -> Column:
    """Return a column of numbers of 8 bytes."""
    return Column(name, doc, type_, lambda: SpotBuilder(get, 8, type_, plain, has_zero))


def identifier(name: str, doc: str, width: int, get: GetSpot, *, as_hex: bool) -> Column:
    """Return a column of ids of `width` bytes; those of another width are null."""
    type_ = pa.string() if as_hex else pa.binary(width)
    to_arrow = hexes if as_hex else plain

    def fitting(event: Any) -> Spot | None:
        spot = get(event)
        return spot if spot is not None and len(_bytes(spot)) == width else None

    return Column(name, doc, type_, lambda: SpotBuilder(fitting, width, type_, to_arrow))


def of_kind(spot: Spot | None, kind: SlotKind) -> Spot | None:
    """Return a spot if it is of this kind."""
    return spot if spot is not None and spot.kind is kind else None


def _bytes(spot: Spot) -> bytes:
    return spot.value if isinstance(spot.value, bytes) else b""
