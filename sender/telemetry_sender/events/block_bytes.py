"""The bytes of a block, and the values in them that a stamper may change."""

import struct
from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import partial

from telemetry_common.planning.wire import WireError
from telemetry_sender.events import scalars
from telemetry_sender.events.model import Spot
from telemetry_sender.events.scalars import Rows
from telemetry_sender.text.fields import SlotKind

# Looking up a member of an enum costs as much as the rest of the question.
_WIDE_ID, _ID, _TIME = SlotKind.WIDE_ID, SlotKind.ID, SlotKind.TIME
_UNSIGNED, _SIGNED, _REAL = SlotKind.UNSIGNED, SlotKind.SIGNED, SlotKind.REAL

_word = struct.Struct("<Q").unpack_from
_signed_word = struct.Struct("<q").unpack_from

# Spots come by the million, and taking their parts by name would double what one costs.
_spot: Callable[[tuple[SlotKind, int, int | float | bytes, bool]], Spot]
_spot = partial(tuple.__new__, Spot)


@dataclass(frozen=True, slots=True)
class BlockBytes:
    """A block, and where in it the slots begin.

    Each method takes the rows of a field, if it is there, and returns the last of its values. A
    parser cannot tell an id of no bytes, a time of 0 and a count of 0 from values that are not
    there; nor can these.
    """

    data: bytes
    slots: Container[int]

    def wide_id(self, rows: Rows | None) -> Spot | None:
        """Return the id of a trace."""
        return self._id(_WIDE_ID, rows) if rows else None

    def id(self, rows: Rows | None) -> Spot | None:
        """Return the id of a span."""
        return self._id(_ID, rows) if rows else None

    def time(self, rows: Rows | None) -> Spot | None:
        """Return an instant."""
        return self._word(_TIME, rows) if rows else None

    def count(self, rows: Rows | None) -> Spot | None:
        """Return a number of things."""
        return self._word(_UNSIGNED, rows) if rows else None

    def counts(self, rows: Rows) -> list[Spot]:
        """Return all numbers of a list, packed or not. Raises WireError where one is cut off."""
        data, slots = self.data, self.slots
        if any((end - start) % 8 for start, end, _ in rows):
            raise WireError(rows[0][0], "packed values of a broken length")
        return [
            _spot((_UNSIGNED, at, _word(data, at)[0], at in slots))
            for start, end, _ in rows
            for at in range(start, end, 8)
        ]

    def integer(self, rows: Rows | None) -> Spot | None:
        """Return a signed integer, which may be 0."""
        if not rows:
            return None
        at = rows[-1][0]
        return _spot((_SIGNED, at, _signed_word(self.data, at)[0], at in self.slots))

    def real(self, rows: Rows | None) -> Spot | None:
        """Return a double, which may be 0."""
        if not rows:
            return None
        at = rows[-1][0]
        return _spot((_REAL, at, scalars.double(self.data, rows), at in self.slots))

    def _id(self, kind: SlotKind, rows: Rows) -> Spot | None:
        at, end, _ = rows[-1]
        return _spot((kind, at, self.data[at:end], at in self.slots)) if at < end else None

    def _word(self, kind: SlotKind, rows: Rows) -> Spot | None:
        at = rows[-1][0]
        value: int = _word(self.data, at)[0]
        return _spot((kind, at, value, at in self.slots)) if value else None
