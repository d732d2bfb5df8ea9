"""Which points make up a row: those with the same time and the same keys."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.tables.arrow import pa

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """The rows of a pass: of each point (n,) its row, and of each row (m,) its first point."""

    row: Numbers
    first: Numbers

    @classmethod
    def of(cls, keys: Sequence[Numbers]) -> "Groups":
        """Group points by columns (n,) of numbers, and order the groups by them."""
        row = np.zeros(len(keys[0]), np.int64)
        for key in keys:
            values, numbers = np.unique(key, return_inverse=True)
            row = np.unique(row * max(len(values), 1) + numbers, return_inverse=True)[1]
        return cls(row, np.unique(row, return_index=True)[1])


def codes(column: pa.ChunkedArray) -> Numbers:
    """Return a number for each value, equal for equal ones, in the order of their appearance.

    Null is -1.
    """
    array = column.combine_chunks()
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    numbers: Numbers = array.indices.fill_null(-1).to_numpy().astype(np.int64)
    return numbers
