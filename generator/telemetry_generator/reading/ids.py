"""Ids as machine words, so that millions of them are compared at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, mix64

TRACE_ID_BYTES, SPAN_ID_BYTES = 16, 8


def id_words(ids: Sequence[bytes], width: int) -> tuple[U64, NDArray[np.bool_]]:
    """Return ids as big-endian words of shape (n, width / 8), and which are of a wrong width.

    An id of a wrong width reads as zero, and so does one that is not set, which is not wrong.
    """
    nothing = bytes(width)
    joined = b"".join([each if len(each) == width else nothing for each in ids])
    words = np.frombuffer(joined, ">u8").astype(np.uint64).reshape(len(ids), width // 8)
    wrong = np.fromiter((len(each) not in (0, width) for each in ids), np.bool_, len(ids))
    return words, wrong


def span_keys(traces: U64, spans: U64) -> U64:
    """Return one word for each pair of a trace id (n, 2) and a span id (n,).

    Distinct pairs share a word with a probability of n² / 2⁶⁵.
    """
    return span_keys_of(trace_keys(traces), spans)


def span_keys_of(trace_keys: U64, spans: U64) -> U64:
    """Return the same word from the word of the trace, as `trace_keys` gives it."""
    return mix64(mix64(trace_keys) ^ spans)


def trace_keys(traces: U64) -> U64:
    """Return one word for each trace id of shape (n, 2), zero for the zero id."""
    return mix64(mix64(traces[:, 0]) ^ traces[:, 1])


def trace_hex(words: U64) -> str:
    """Return a trace id, shape (2,), as 32 hexadecimal digits."""
    return f"{int(words[0]):016x}{int(words[1]):016x}"


def span_hex(word: np.uint64 | int) -> str:
    """Return a span id as 16 hexadecimal digits."""
    return f"{int(word):016x}"


class Lookup:
    """Finds rows by their key in a table that does not change."""

    def __init__(self, keys: U64) -> None:
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def find(self, keys: U64) -> NDArray[np.int64]:
        """Return for each key the first row that has it, or -1."""
        if not len(self._sorted):
            return np.full(len(keys), -1, np.int64)
        at = np.searchsorted(self._sorted, keys)
        at[at == len(self._sorted)] = 0
        rows = self._order[at].astype(np.int64)
        rows[self._sorted[at] != keys] = -1
        return rows

    def repeated(self) -> NDArray[np.int64]:
        """Return the rows whose key an earlier row has."""
        same = np.flatnonzero(self._sorted[1:] == self._sorted[:-1]) + 1
        return np.sort(self._order[same])
