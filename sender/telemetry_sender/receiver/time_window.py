"""Whether the times of events lie near their arrival, as many backends demand."""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64

DEFAULT_SKEW_NANOS = 10_000_000_000


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """From `max_age_nanos` before the arrival of an event to `skew_nanos` after it."""

    max_age_nanos: int
    skew_nanos: int = DEFAULT_SKEW_NANOS

    def outside(self, times: U64, arrival: int) -> int:
        """Count the times (n,) outside the window around `arrival`, both Unix nanoseconds.

        0 is no time and is not counted.
        """
        earliest = max(0, arrival - self.max_age_nanos)
        outside = (times < earliest) | (times > arrival + self.skew_nanos)
        return int(np.count_nonzero(outside & (times != 0)))
