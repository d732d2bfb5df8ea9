"""Latencies in a histogram of fixed memory: three digits from a microsecond to an hour."""

import weakref
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from hdrh.histogram import HdrHistogram

_HIGHEST_MICROS = 3_600_000_000
_DIGITS = 3

PERCENTILES = {"p50": "p50", "p90": "p90", "p99": "p99", "p999": "p99.9", "max": "max"}
"""The fields of a LatencySummary, and how people see them written."""
PERMILLES = (500, 900, 990, 999, 1000)
"""The rank of each of them."""

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """Percentiles and maximum in milliseconds; all are None when nothing was recorded."""

    p50: float | None = None
    p90: float | None = None
    p99: float | None = None
    p999: float | None = None
    max: float | None = None

    def to_json(self) -> dict[str, float | None]:
        """Return the percentiles by name."""
        return asdict(self)


class LatencyHistogram:
    """Records seconds; each reported value is exact to three significant digits.

    Values below 1 µs or above one hour count as the nearest bound, so that none is lost. A pickle
    holds only the counters that are not zero: a few kilobytes instead of 190.
    """

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts = _empty()

    def record(self, seconds: float) -> None:
        """Count one latency (about 1 µs of CPU)."""
        self._counts.record_value(min(max(round(seconds * 1e6), 1), _HIGHEST_MICROS))

    def add(self, other: "LatencyHistogram") -> None:
        """Add all the latencies of `other`."""
        if other.count:
            self._counts.add(other._counts)  # noqa: SLF001 - the same class

    def encode(self) -> str:
        """Return the histogram as text that the HdrHistogram libraries of all languages read."""
        text: bytes = self._counts.encode()
        return text.decode()

    @classmethod
    def decode(cls, text: str) -> "LatencyHistogram":
        """Return the histogram that `encode` made. Raises ValueError for other text."""
        found = cls()
        try:
            found._counts.add(HdrHistogram.decode(text.encode()))
        except Exception as error:
            raise ValueError("not an encoded histogram") from error
        return found

    @property
    def count(self) -> int:
        """How many latencies were recorded."""
        return int(self._counts.get_total_count())

    @property
    def total_seconds(self) -> float:
        """The sum of all latencies, exact to three digits."""
        return float(self._array @ _highest_micros()) / 1e6

    def summary(self) -> LatencySummary:
        """Return the percentiles so far."""
        total = self.count
        if not total:
            return LatencySummary()
        # The nearest rank, in whole numbers: the histogram's own method rounds ranks down.
        ranks = [-(-total * permille // 1000) for permille in PERMILLES]
        reached = np.searchsorted(np.cumsum(self._array), ranks)
        return LatencySummary(*(_highest_micros()[reached] / 1e3).tolist())

    def at_most(self, bounds_seconds: Sequence[float]) -> list[int]:
        """Return for each bound how many latencies do not exceed it, to three digits."""
        reached = np.concatenate(([0], np.cumsum(self._array)))
        micros = np.asarray(bounds_seconds) * 1e6
        found: list[int] = reached[np.searchsorted(_highest_micros(), micros, "right")].tolist()
        return found

    def values(self) -> tuple[Counts, Counts]:
        """Return the latencies met, in microseconds and ascending, and how often each was."""
        met = np.flatnonzero(self._array)
        return _highest_micros()[met], self._array[met]

    @property
    def _array(self) -> Counts:
        return np.ctypeslib.as_array(self._counts.counts).view(np.int64)

    def __getstate__(self) -> dict[str, Any]:
        used = np.flatnonzero(self._array)
        return {"used": used.astype(np.int32), "counts": self._array[used]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__()  # type: ignore[misc]  # a fresh histogram, then its counters
        used, counts = state["used"], state["counts"]
        self._array[used] = counts
        if used.size:
            self._counts.set_internal_tacking_values(int(used[0]), int(used[-1]), int(counts.sum()))


def _empty() -> Any:
    """Return a histogram that goes when its last user does.

    It and its encoder refer to each other, so that 190 KB would wait for the garbage collector,
    several times a second.
    """
    inner = HdrHistogram(1, _HIGHEST_MICROS, _DIGITS)
    inner.encoder.histogram = weakref.proxy(inner)
    return inner


@cache
def _highest_micros() -> Counts:
    """Return the largest value of every counter, in microseconds.

    The layout of an HdrHistogram with a unit of one: 2,048 values of width 1, then 1,024 of width
    2, 1,024 of width 4, and so on.
    """
    inner = _empty()
    half, index = inner.sub_bucket_half_count, np.arange(inner.counts_len, dtype=np.int64)
    power = np.maximum(index // half - 1, 0)
    highest: Counts = ((index - power * half + 1) << power) - 1
    return highest


@dataclass(frozen=True, slots=True)
class Latencies:
    """Two views of the same requests."""

    service: LatencyHistogram = field(default_factory=LatencyHistogram)
    """From the actual send of the last attempt to the outcome."""
    response: LatencyHistogram = field(default_factory=LatencyHistogram)
    """From the intended send to the outcome: free of coordinated omission."""

    def add(self, other: "Latencies") -> None:
        """Add all the latencies of `other`."""
        self.service.add(other.service)
        self.response.add(other.response)
