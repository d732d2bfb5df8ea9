"""Time series: no two data points of a set may be of the same one at the same time.

A point is kept as two words, its series and its time, so that tens of millions fit into memory.
"""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

_DIGEST_BYTES = 8


def canonical(attributes: Sequence[KeyValue]) -> bytes:
    """Return attributes as bytes that do not depend on their order."""
    return b"\0".join(sorted([pair.SerializeToString() for pair in attributes]))


class SeriesLedger:
    """Every series seen, and which metric each belongs to."""

    def __init__(self) -> None:
        self._series = array("Q")
        self._time = array("Q")
        self._first = array("Q")
        self._metric = array("Q")

    def begin(self, metric: int) -> None:
        """Say that the points that follow are of this metric (a number of the caller's)."""
        self._first.append(len(self._series))
        self._metric.append(metric)

    def add(self, identity: bytes, time_nanos: int) -> None:
        """Record a point: `identity` is resource, scope, metric and attributes as bytes."""
        digest = blake2b(identity, digest_size=_DIGEST_BYTES).digest()
        self._series.append(int.from_bytes(digest, "little"))
        self._time.append(time_nanos)

    def distinct(self) -> int:
        """Return the number of different series."""
        return len(np.unique(_words(self._series)))

    def repeated(self) -> list[int]:
        """Return the points, counted from 0, whose series has an earlier point of the same time."""
        # A digest plus a time, modulo 2**64, is as unlikely to collide as the digest alone.
        _, first = np.unique(_words(self._series) + _words(self._time), return_index=True)
        again = np.ones(len(self._series), np.bool_)
        again[first] = False
        return np.flatnonzero(again).tolist()

    def metric_of(self, point: int) -> int:
        """Return the metric of a point."""
        return self._metric[bisect_right(self._first, point) - 1]


def _words(column: "array[int]") -> NDArray[np.uint64]:
    return np.frombuffer(column, np.uint64)
