"""Latencies in a histogram of fixed memory: three digits from a microsecond to an hour."""

from dataclasses import dataclass

from hdrh.histogram import HdrHistogram

_HIGHEST_MICROS = 3_600_000_000
_DIGITS = 3


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
        if not self.count:
            return LatencySummary()
        p50, p90, p99, p999 = (self._millis(rank) for rank in (50, 90, 99, 99.9))
        return LatencySummary(p50, p90, p99, p999, self._millis(100))

    def _millis(self, rank: float) -> float:
        return float(self._counts.get_value_at_percentile(rank)) / 1e3
