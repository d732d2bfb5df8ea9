"""Which element is the first, second, … of its value: so equal ones can be told apart."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]


def occurrences(values: NDArray[Any]) -> Indices:
    """Return for each element how many equal ones stand before it, shape (n,)."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    begins = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    lengths = np.diff(begins, append=len(values))
    before = np.empty(len(values), np.intp)
    before[order] = np.arange(len(values)) - np.repeat(begins, lengths)
    return before


def rounds(values: NDArray[Any]) -> Iterator[Indices]:
    """Yield the positions of all elements in groups that hold no value twice.

    Equal elements come in their order, one a group; so there are as many groups as the most
    frequent value has elements.
    """
    if not len(values):
        return
    number = occurrences(values)
    if not number.any():
        yield np.arange(len(values))
        return
    order = np.argsort(number, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(number[order])) + 1)
