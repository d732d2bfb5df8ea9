"""Fills the fields of laid-out records with the values that stand in a stamped block."""

from collections.abc import Iterator

import numpy as np

from telemetry_common.planning.wire import Offsets
from telemetry_common.planning.words import Words, view_words
from telemetry_sender.records.base import Ends
from telemetry_sender.records.forms import Form, Raw
from telemetry_sender.records.layouts import BlockLayout
from telemetry_sender.text.digits import Cells
from telemetry_sender.text.filling import scatter


def fill(layout: BlockLayout, block: Words, before: int) -> Ends | None:
    """Write all values; return where each record will end when padding is taken out, (n,).

    `before` says how many events of the run come before those of the block. None when a value does
    not fit its field.
    """
    text = view_words(layout.text, len(layout.text))
    padding = np.zeros(len(layout.ends), np.int64)
    for form, places, values in _values(layout, block, before):
        cells = form.cells(values)
        if cells is None:
            return None
        scatter(text, places, cells)
        if form.is_padded:
            padding += _padding(cells, places, layout.ends)
    return layout.ends - padding


def _values(layout: BlockLayout, block: Words, before: int) -> Iterator[tuple[Form, Offsets, Raw]]:
    for form, fields in layout.slots:
        values = block.pair if form.is_wide else block.integer
        yield form, fields.text, values[fields.source]
    for form, fields in layout.counters:
        yield form, fields.text, (fields.source + (before + 1)).view(np.uint64)


def _padding(cells: Cells, places: Offsets, ends: Ends) -> Offsets:
    """Return how many bytes of padding fields at `places` (ordered) have up to each end."""
    padded = np.cumsum(np.append(0, np.count_nonzero(cells == 0, axis=1)))
    return padded[np.searchsorted(places, ends)]
