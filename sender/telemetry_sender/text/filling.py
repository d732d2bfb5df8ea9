"""Fills the fields of a text with the values that stand in a stamped block."""

from collections.abc import Callable, Mapping

import numpy as np

from telemetry_common.planning.wire import Offsets
from telemetry_common.planning.words import Words
from telemetry_sender.text import digits
from telemetry_sender.text.digits import Cells
from telemetry_sender.text.fields import SlotKind
from telemetry_sender.text.rendered import TextSlots

_FORMATS: Mapping[SlotKind, Callable[[Words, Offsets], Cells | None]] = {
    SlotKind.WIDE_ID: lambda words, at: digits.hexadecimal(words.pair[at]),
    SlotKind.ID: lambda words, at: digits.hexadecimal(words.integer[at]),
    SlotKind.TIME: lambda words, at: digits.times(words.integer[at]),
    SlotKind.UNSIGNED: lambda words, at: digits.unsigned(words.integer[at]),
    SlotKind.SIGNED: lambda words, at: digits.signed(words.integer[at]),
    SlotKind.REAL: lambda words, at: digits.reals(words.real[at]),
}


def fill(text: Words, slots: Mapping[SlotKind, TextSlots], block: Words) -> bool:
    """Write the values of the stamped `block` to their fields in `text`.

    Return False when one does not fit its field: a time before 2001 or after 2286.
    """
    for kind, places in slots.items():
        cells = _FORMATS[kind](block, places.wire)
        if cells is None:
            return False
        scatter(text, places.text, cells)
    return True


def scatter(text: Words, at: Offsets, cells: Cells) -> None:
    """Write row i of `cells` (n, width), at least 8 characters, to the offset `at[i]`.

    Words overlap at the end of a row, so that any width will do.
    """
    width = cells.shape[1]
    pairs_end = width - width % 16
    for first in range(0, pairs_end, 16):
        text.pair[at + first] = cells[:, first : first + 16].view(np.complex128)[:, 0]
    words = [*range(pairs_end, width - 8, 8), width - 8] if pairs_end < width else []
    for first in words:
        text.integer[at + first] = cells[:, first : first + 8].view(np.uint64)[:, 0]
