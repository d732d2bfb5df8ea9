"""Views of bytes as overlapping words, so that a value at any offset is one element."""

import mmap
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Buffer = bytes | bytearray | memoryview | mmap.mmap


class Words(NamedTuple):
    """Views of one buffer of n bytes; element i of each begins at byte i, little-endian.

    Reading and writing elements by fancy index gathers and scatters them without a loop.
    """

    integer: NDArray[np.uint64]
    """8-byte unsigned integers, shape (n - 7,)."""
    real: NDArray[np.float64]
    """8-byte doubles, shape (n - 7,)."""
    pair: NDArray[np.complex128]
    """16 bytes, shape (n - 15,): complex numbers are only a carrier for two words."""


def view_words(buffer: Buffer, size: int) -> Words:
    """Return the unaligned views of the first `size` bytes; writable if `buffer` is."""
    return Words(
        _strided(buffer, size, np.dtype("<u8")),
        _strided(buffer, size, np.dtype("<f8")),
        _strided(buffer, size, np.dtype("<c16")),
    )


def _strided(buffer: Buffer, size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    count = max(0, size - dtype.itemsize + 1)
    return np.ndarray((count,), dtype, buffer=buffer, strides=(1,))
