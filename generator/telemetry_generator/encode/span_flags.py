"""Flags of spans: whether the trace is sampled, and whether the parent is remote."""

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import Cells, Fragments
from telemetry_generator.traces.table import ROOT, Kind, SpanTable

_TAG = b"\x85\x01"  # field 16, fixed32

# W3C trace flags in bits 0-7; bit 8: it is known whether the parent is remote, bit 9: it is.
SAMPLED = 0x001
IS_KNOWN = 0x100
IS_REMOTE = 0x200

_TABLE = Fragments.of(
    [
        _TAG + (IS_KNOWN | sampled * SAMPLED | remote * IS_REMOTE).to_bytes(4, "little")
        for remote in (0, 1)
        for sampled in (0, 1)
    ]
)


def flag_cells(table: SpanTable, rows: I64) -> Cells:
    """Return the flags of a table's `rows`, as field 16 of a span."""
    called = (table.kind == Kind.SERVER) & ((table.parent != ROOT) | (table.phantom != 0))
    index = called * 2 + table.sampled[table.trace]
    return Cells.pick(_TABLE, index[rows].astype(np.int64))
