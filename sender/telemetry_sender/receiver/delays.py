"""How long events were under way: from their own time to their arrival, as a histogram."""

from dataclasses import dataclass

import numpy as np
from hdrh.histogram import HdrHistogram
from numpy.typing import NDArray

from telemetry_common.ids import U64

_HIGHEST_MICROS = 24 * 3_600_000_000
_DIGITS = 3
_PERMILLES = {"p50": 500, "p90": 900, "p99": 990, "p999": 999, "max": 1000}


@dataclass(frozen=True, slots=True)
class DelaySummary:
    """Percentiles in milliseconds, None when nothing was counted, and how many events."""

    p50: float | None
    p90: float | None
    p99: float | None
    p999: float | None
    max: float | None
    events: int
    from_the_future: int
    """Events whose time was later than their arrival; they are in no percentile."""


class Delays:
    """A histogram of delays from 1 µs to a day, exact to three digits; 0.2 MB.

    What is shorter or longer counts as the nearest bound.
    """

    def __init__(self) -> None:
        self.from_the_future = 0
        self._histogram = HdrHistogram(1, _HIGHEST_MICROS, _DIGITS)
        self._counts = np.ctypeslib.as_array(self._histogram.counts)

    def add(self, times: U64, arrival: int) -> None:
        """Count events by their times (n,) and their arrival, Unix nanoseconds; 0 is no time."""
        timed = times[times != 0]
        future = timed > arrival
        self.from_the_future += int(np.count_nonzero(future))
        micros = (np.uint64(arrival) - timed[~future]) // np.uint64(1000)
        np.add.at(self._counts, self._places(np.clip(micros, 1, _HIGHEST_MICROS)), 1)

    def _places(self, micros: U64) -> NDArray[np.int64]:
        """Return where the histogram counts each value: `HdrHistogram._counts_index_for`."""
        magnitude = self._histogram.sub_bucket_half_count_magnitude
        values = micros.astype(np.int64)
        # The exponent of a double is the number of bits of an integer below 2^53.
        bits = np.frexp(values.astype(np.float64))[1]
        bucket = np.maximum(bits - (magnitude + 1), 0).astype(np.int64)
        places: NDArray[np.int64] = (bucket << magnitude) + (values >> bucket)
        return places

    def summary(self) -> DelaySummary:
        """Return the percentiles so far."""
        reached = np.cumsum(self._counts)
        total = int(reached[-1])
        # The nearest rank, in whole numbers.
        places = {
            name: int(np.searchsorted(reached, -(-total * permille // 1000)))
            for name, permille in _PERMILLES.items()
        }
        millis = {name: self._millis(place) if total else None for name, place in places.items()}
        return DelaySummary(**millis, events=total, from_the_future=self.from_the_future)

    def _millis(self, place: int) -> float:
        value = self._histogram.get_value_from_index(place)
        return float(self._histogram.get_highest_equivalent_value(value)) / 1e3
