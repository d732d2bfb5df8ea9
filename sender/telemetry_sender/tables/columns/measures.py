"""The value of a gauge or a sum as a double, whichever of its two forms it has on the wire."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.base import Column, Source, StampedRows, Starts
from telemetry_sender.tables.columns.spots import MISSING, GetSpot, Places, plain
from telemetry_sender.text.fields import SlotKind


@dataclass(frozen=True, slots=True)
class Measured:
    """Values of both forms, as doubles."""

    places: Places
    is_integer: NDArray[np.bool_]

    @property
    def type(self) -> pa.DataType:
        """Doubles."""
        return pa.float64()

    def array(self, stamped: StampedRows, rows: slice) -> pa.Array:
        """Return the values of these rows; integers beyond 2^53 are rounded."""
        words, present = self.places.gather(stamped, rows)
        is_integer = self.is_integer[rows]
        if is_integer.any():
            real = words.view(np.int64)[is_integer].astype(np.float64)
            words[is_integer] = real.view(np.uint64)
        return plain(words, self.type, present)

    def repeated(self, times: int) -> "Measured":
        """Return the values as often."""
        return Measured(self.places.repeated(times), np.tile(self.is_integer, times))


class MeasureBuilder:
    """Takes in where values stand, and of which form each is."""

    def __init__(self, get: GetSpot) -> None:
        self._get = get
        self._behind = array("i")
        self._is_integer = bytearray()

    def add(self, events: Sequence[Any], starts: Starts) -> None:
        """Take in the next events."""
        for event, start in zip(events, starts, strict=True):
            spot = self._get(event)
            self._behind.append(MISSING if spot is None else spot.at - start)
            self._is_integer.append(spot is not None and spot.kind is not SlotKind.REAL)

    def finish(self) -> Source:
        """Return the column of all events."""
        is_integer = np.array(self._is_integer, np.uint8).view(np.bool_)
        return Measured(Places.of(self._behind, 8), is_integer)


def measure(name: str, doc: str, get: GetSpot) -> Column:
    """Return a column of doubles, integers among them."""
    return Column(name, doc, pa.float64(), lambda: MeasureBuilder(get))
