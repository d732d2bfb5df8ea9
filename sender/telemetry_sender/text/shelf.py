"""Keeps rendered blocks for their next pass."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from telemetry_common.planning.words import Words, view_words
from telemetry_sender.text.fields import SlotKind
from telemetry_sender.text.rendered import Rendered, TextSlots
from telemetry_sender.text.spool import BlockKey, Kept, Spool

Kinds = tuple[SlotKind, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A copy of a rendered block that may be written to: gone with the next one opened."""

    text: memoryview
    words: Words
    slots: Mapping[SlotKind, TextSlots]


class Shelf:
    """Rendered blocks by their events, in a spool near the template."""

    def __init__(self, near: Path) -> None:
        self._spool = Spool[Kinds](near)

    def open(self, key: BlockKey) -> Opened | None:
        """Return a copy of what was put there; None if nothing was, or there was no room."""
        kept = self._spool.open(key)
        return None if kept is None else _opened(kept)

    def put(self, key: BlockKey, rendered: Rendered) -> Opened:
        """Keep a block if there is room, and return a copy of it."""
        columns = [
            column for places in rendered.slots.values() for column in (places.wire, places.text)
        ]
        return _opened(self._spool.put(key, tuple(rendered.slots), rendered.text, columns))


def _opened(kept: Kept[Kinds]) -> Opened:
    pairs = zip(kept.columns[::2], kept.columns[1::2], strict=True)
    slots = {kind: TextSlots(*pair) for kind, pair in zip(kept.label, pairs, strict=True)}
    return Opened(kept.text, view_words(kept.text, len(kept.text)), slots)
