"""A block as text, and where in it the values stand that change."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from telemetry_common.planning.wire import Offsets
from telemetry_sender.text.fields import EMPTY, SlotKind


@dataclass(frozen=True, slots=True)
class TextSlots:
    """Slots of one kind, n of them: offsets in the block's wire format and in its text, (n,)."""

    wire: Offsets
    text: Offsets


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of a block. In the fields of its slots anything may stand; all else is final."""

    text: bytes
    slots: Mapping[SlotKind, TextSlots]


class Pieces:
    """Collects a text from left to right, and the fields in it that are to be filled in."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self._found: dict[SlotKind, tuple[list[int], list[int]]] = {}

    def add_field(self, kind: SlotKind, wire: int, name: bytes) -> None:
        """Add a name and an empty field for the value at this offset in wire format."""
        found = self._found.get(kind)
        if found is None:
            found = self._found[kind] = ([], [])
        found[0].append(wire)
        found[1].append(len(self.texts))
        self.texts.append(name + EMPTY[kind].text)

    def joined(self) -> Rendered:
        """Return the whole text."""
        lengths = np.fromiter(map(len, self.texts), np.int64, len(self.texts))
        ends = np.cumsum(lengths)
        slots = {
            kind: TextSlots(np.array(wire, np.int64), ends[places] - EMPTY[kind].value_length)
            for kind, (wire, places) in self._found.items()
        }
        return Rendered(b"".join(self.texts), slots)
