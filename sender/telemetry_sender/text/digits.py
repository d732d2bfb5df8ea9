"""Turns columns of values into ASCII, a row of characters each, without a loop over the values.

Digits come from tables: two bytes of an id are four hexadecimal digits, and four decimal digits of
a number are one entry too. All rows of a result have the same width, (n, width) of uint8.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic_core import to_json

from telemetry_common.ids import U64
from telemetry_common.planning.words import view_words
from telemetry_sender.text.fields import INTEGER_WIDTH, REAL_WIDTH

Cells = NDArray[np.uint8]
"""Characters, shape (n, width)."""

_MINUS, _COMMA = b"-,"
_COLUMNS = np.arange(REAL_WIDTH)
QUOTED = b'"'.ljust(INTEGER_WIDTH)
"""What is behind an integer that is a string of JSON."""
_GROUP = np.uint64(10_000)
_NARROW_GROUP = np.uint32(10_000)
_NARROW_POWERS = [np.uint32(10**exponent) for exponent in range(1, 8)]
_POWERS = np.array([10**exponent for exponent in range(1, 20)], np.uint64)

LEAST_TIME, MOST_TIME = 10**18, 10**19 - 1
"""The Unix nanoseconds that have 19 digits: 2001-09-09 to 2286-11-20."""


def _table(texts: list[bytes]) -> NDArray[np.uint32]:
    return np.frombuffer(b"".join(texts), np.uint32)


_DECIMAL = _table([b"%04d" % number for number in range(10_000)])
_HEX = _table([number.to_bytes(2, "little").hex().encode() for number in range(1 << 16)])


def hexadecimal(values: NDArray[np.uint64] | NDArray[np.complex128]) -> Cells:
    """Return the bytes of each value as hexadecimal digits, two for each byte."""
    digits = _HEX.take(values.view(np.uint16))
    return digits.view(np.uint8).reshape(len(values), -1)


def decimal(values: U64) -> Cells:
    """Return each value in 20 digits, with zeros in front."""
    groups = np.empty((len(values), 5), np.uint32)
    rest = values
    for column in range(4, 0, -1):
        quotient = rest // _GROUP
        groups[:, column] = _DECIMAL.take(rest - quotient * _GROUP)
        rest = quotient
    groups[:, 0] = _DECIMAL.take(rest)
    return groups.view(np.uint8)


def short(values: U64) -> U64:
    """Return integers below 10^8 as eight characters each, in a word: digits, then bytes of 0."""
    narrow = values.astype(np.uint32)
    high = narrow // _NARROW_GROUP
    low = narrow - high * _NARROW_GROUP
    digits = _DECIMAL.take(low).astype(np.uint64) << np.uint64(32)
    digits |= _DECIMAL.take(high)
    unused = np.full(len(values), 56, np.uint64)
    for power in _NARROW_POWERS:
        unused -= (narrow >= power).astype(np.uint64) << np.uint64(3)
    return digits >> unused


def times(values: U64) -> Cells | None:
    """Return Unix nanoseconds in 19 digits each; None when one of them has more or fewer."""
    if np.any(values - np.uint64(LEAST_TIME) > np.uint64(MOST_TIME - LEAST_TIME)):
        return None
    return decimal(values)[:, 1:]


def unsigned(values: U64, behind: bytes = QUOTED) -> Cells:
    """Return each integer and `behind` it a quote and spaces, or what else: 21 characters."""
    digits = _counted(values)
    return _left_aligned(decimal(values), 20 - digits, behind)


def signed(values: U64, behind: bytes = QUOTED) -> Cells:
    """Return each integer, which is signed, and what comes behind it: 21 characters."""
    negative = values >> np.uint64(63) != 0
    magnitude = np.where(negative, ~values + np.uint64(1), values)
    first = 20 - _counted(magnitude) - negative
    cells = decimal(magnitude)
    rows = np.flatnonzero(negative)
    cells[rows, first[rows]] = _MINUS
    return _left_aligned(cells, first, behind)


def _counted(values: U64) -> NDArray[np.int64]:
    """Return how many digits each value has."""
    return np.searchsorted(_POWERS, values, side="right") + 1


def _left_aligned(cells: Cells, first: NDArray[np.int64], behind: bytes) -> Cells:
    """Return the cells from column `first` on, with the 21 characters `behind` them."""
    count, width = cells.shape
    padded = np.empty((count, width + INTEGER_WIDTH), np.uint8)
    padded[:, :width] = cells
    padded[:, width:] = np.frombuffer(behind, np.uint8)
    words = view_words(padded.data, padded.size)
    at = np.arange(count) * padded.shape[1] + first
    aligned = np.empty((count, INTEGER_WIDTH), np.uint8)
    aligned[:, :16].view(np.complex128)[:, 0] = words.pair[at]
    aligned[:, -8:].view(np.uint64)[:, 0] = words.integer[at + (INTEGER_WIDTH - 8)]
    return aligned


_NOT_FINITE = {b"nan": b'"NaN"', b"inf": b'"Infinity"', b"-inf": b'"-Infinity"'}
_LEAST_PLAIN, _MOST_PLAIN = 1e-4, 1e16
"""Between them Python writes a double without an exponent, as others do; see `repr`."""


def reals(
    values: NDArray[np.float64],
    behind: bytes = b" ",
    not_finite: Mapping[bytes, bytes] = _NOT_FINITE,
) -> Cells:
    """Return doubles in the fewest digits that yield them again, then spaces or `behind`.

    They are 24 characters, and the ones that Python itself writes; `not_finite` says what stands
    for `nan`, `inf` and `-inf`.
    """
    cells = _split(to_json(values.tolist()), len(values))
    magnitude = np.abs(values)
    plain = (magnitude >= _LEAST_PLAIN) & (magnitude < _MOST_PLAIN) | (values == 0)
    others = np.flatnonzero(~plain)
    if len(others):
        texts = [repr(value).encode() for value in values[others].tolist()]
        texts = [not_finite.get(text, text) for text in texts]
        cells[others] = np.array(texts, f"S{REAL_WIDTH}").view(np.uint8).reshape(-1, REAL_WIDTH)
    if behind != b"\0":
        cells[cells == 0] = behind[0]
    return cells


def _split(array: bytes, count: int) -> Cells:
    """Return the `count` numbers of a JSON array without spaces, and bytes of 0 behind each."""
    texts = np.frombuffer(array + bytes(REAL_WIDTH), np.uint8)
    commas = np.flatnonzero(texts[: len(array)] == _COMMA)
    starts = np.append(0, commas)[:count] + 1
    widths = np.append(commas, len(array) - 1)[:count] - starts
    cells: Cells = np.lib.stride_tricks.sliding_window_view(texts, REAL_WIDTH)[starts]
    cells[widths[:, np.newaxis] <= _COLUMNS] = 0
    return cells
