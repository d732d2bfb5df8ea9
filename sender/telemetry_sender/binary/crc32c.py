"""CRC-32C (Castagnoli), of single texts and of columns of texts that are all of one length.

The polynomial is that of RFC 3720, section 12.1. A CRC is linear over XOR: that of a text is the
XOR of what each byte adds at its place, and of what a text of zeros has. So a column takes a table
look-up for each place, and no loop over its rows.
"""

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.text.digits import Cells

Checksums = NDArray[np.uint32]

_POLYNOMIAL = 0x82F63B78
"""The lowest bit stands for the highest power."""
_ONES = 0xFFFFFFFF


def _table() -> list[int]:
    """Return what each byte leaves behind that is shifted out of the register."""
    table = list(range(256))
    for _ in range(8):
        table = [value >> 1 ^ (_POLYNOMIAL if value & 1 else 0) for value in table]
    return table


_TABLE = _table()


def crc32c(data: bytes) -> int:
    """Return the checksum of some bytes."""
    return _shifted(_ONES, data) ^ _ONES


def _shifted(register: int, data: bytes) -> int:
    for byte in data:
        register = register >> 8 ^ _TABLE[(register ^ byte) & 0xFF]
    return register


class ColumnChecksum:
    """Computes the checksums of rows that have `width` bytes each."""

    def __init__(self, width: int) -> None:
        self._of_zeros = np.uint32(crc32c(bytes(width)))
        self._added = _added(width)

    def __call__(self, rows: Cells) -> Checksums:
        """Return the checksum of each row, shape (n,)."""
        checksums = np.full(len(rows), self._of_zeros, np.uint32)
        for place, added in enumerate(self._added):
            checksums ^= added.take(rows[:, place])
        return checksums


def _added(width: int) -> Checksums:
    """Return what a byte adds at each place, shape (width, 256)."""
    table = np.array(_TABLE, np.uint32)
    added = np.empty((width, 256), np.uint32)
    values = table
    for place in range(width - 1, -1, -1):
        added[place] = values
        # One more byte of zeros follows.
        values = values >> np.uint32(8) ^ table[values & np.uint32(0xFF)]
    return added
