"""How values that change are written in binary records: always in the same number of bytes."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_sender.records.forms import Form, Raw
from telemetry_sender.text.digits import Cells

_MORE = np.uint64(0x8080808080808080)
"""The top bit of eight bytes: another one follows."""
_SPREADING = [
    # Bits that stay, bits that move up, and by how many: 56 bits become 2 x 28, 4 x 14, 8 x 7.
    (np.uint64(0x000000000FFFFFFF), np.uint64(0x00FFFFFFF0000000), np.uint64(4)),
    (np.uint64(0x00003FFF00003FFF), np.uint64(0x0FFFC0000FFFC000), np.uint64(2)),
    (np.uint64(0x007F007F007F007F), np.uint64(0x3F803F803F803F80), np.uint64(1)),
]
_EIGHT_GROUPS, _NINE_GROUPS = np.uint64(56), np.uint64(63)


def _copied(values: Raw) -> Cells:
    return np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)


def _big_endian(values: U64) -> Cells:
    return _copied(values.byteswap())


def _nine_groups(values: U64) -> Cells | None:
    """Return unsigned LEB128 of nine bytes; None when a value has more than 63 bits."""
    if np.any(values >> _NINE_GROUPS):
        return None
    cells = _eight_groups(values, 9)
    cells[:, 8] = values >> _EIGHT_GROUPS
    return cells


def _unsigned(values: U64) -> Cells:
    cells = _eight_groups(values, 10)
    cells[:, 8] = values >> _EIGHT_GROUPS | np.uint64(0x80)
    cells[:, 9] = values >> _NINE_GROUPS
    return cells


def _signed(values: U64) -> Cells:
    """Return signed LEB128 of ten bytes, of which the last is seven times the sign."""
    cells = _unsigned(values)
    cells[:, 9] *= np.uint8(0x7F)
    return cells


def _eight_groups(values: U64, width: int) -> Cells:
    """Return rows of `width` bytes that begin with the lowest 56 bits, each byte to be followed."""
    spread = values & np.uint64((1 << 56) - 1)
    for staying, moving, by in _SPREADING:
        spread = spread & staying | (spread & moving) << by
    cells = np.empty((len(values), width), np.uint8)
    cells[:, :8].view(np.uint64)[:, 0] = spread | _MORE
    return cells


RAW16 = Form("16 bytes", 16, _copied, is_wide=True)
"""An id as it is."""
RAW8 = Form("8 bytes", 8, _copied)
"""An id, or a double, little-endian."""
BIG8 = Form("64 bits, the highest first", 8, _big_endian)
ULEB9 = Form("unsigned LEB128 of 9 bytes", 9, _nine_groups)
"""Below 2⁶³; of a time in Unix nanoseconds from 1972 to 2262 it is also the shortest."""
ULEB10 = Form("unsigned LEB128 of 10 bytes", 10, _unsigned)
SLEB10 = Form("signed LEB128 of 10 bytes", 10, _signed)
