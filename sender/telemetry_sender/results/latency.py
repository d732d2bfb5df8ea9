"""Latencies in a histogram of fixed memory: three digits from a microsecond to an hour."""

from dataclasses import dataclass

import numpy as np
from hdrh.histogram import HdrHistogram

_HIGHEST_MICROS = 3_600_000_000
_DIGITS = 3
_PERMILLES = (500, 900, 990, 999, 1000)


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """Percentiles and maximum in milliseconds; all are None when nothing was recorded."""

    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    p999: float | None = None
    max: float | None = None


class LatencyHistogram:
    """Records seconds; each reported value is exact to three significant digits.

    Values below 1 µs or above one hour count as the nearest bound, so that none is lost.
    """

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts = HdrHistogram(1, _HIGHEST_MICROS, _DIGITS)

    def record(self, seconds: float) -> None:
        """Count one latency (about 1 µs of CPU)."""
        self._counts.record_value(min(max(round(seconds * 1e6), 1), _HIGHEST_MICROS))

    def add(self, other: "LatencyHistogram") -> None:
        """Add all the latencies of `other`."""
        self._counts.add(other._counts)  # noqa: SLF001 - the same class

    @property
    def count(self) -> int:
        """How many latencies were recorded."""
        return int(self._counts.get_total_count())

    def summary(self) -> LatencySummary:
        """Return the percentiles so far."""
        total = self.count
        if not total:
            return LatencySummary()
        # The nearest rank, in whole numbers: the histogram's own method rounds ranks down.
        ranks = [-(-total * permille // 1000) for permille in _PERMILLES]
        return LatencySummary(*map(self._millis, self._indices(ranks)))

    def _indices(self, ranks: list[int]) -> list[int]:
        """Return the index of the counter that each rank falls into."""
        reached = np.cumsum(np.ctypeslib.as_array(self._counts.counts))
        return [int(index) for index in np.searchsorted(reached, ranks)]

    def _millis(self, index: int) -> float:
        value = self._counts.get_value_from_index(index)
        return float(self._counts.get_highest_equivalent_value(value)) / 1e3
