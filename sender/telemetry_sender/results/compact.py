"""Latencies of an interval in about a kilobyte: a run keeps hundreds of them for its plots."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from telemetry_sender.results.latency import PERMILLES, LatencyHistogram, LatencySummary

_STEPS_PER_DOUBLING = 100
"""Neighbouring steps differ by 0.7 %, so a value in the middle of its step is off by 0.35 %."""


@dataclass(frozen=True, slots=True)
class CompactHistogram:
    """Counts of latencies by logarithmic steps of 0.7 %; only steps that were met are kept."""

    steps: npt.NDArray[np.int16]
    """Ascending; step s is 2 ** (s / 100) microseconds."""
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, histogram: LatencyHistogram) -> Self:
        """Return the latencies of a histogram."""
        micros, counts = histogram.values()
        steps = np.rint(np.log2(micros) * _STEPS_PER_DOUBLING).astype(np.int16)
        return cls(*_summed(steps, counts))

    @classmethod
    def empty(cls) -> Self:
        """Return the histogram of nothing."""
        return cls(np.empty(0, np.int16), np.empty(0, np.int64))

    def __add__(self, other: "CompactHistogram") -> "CompactHistogram":
        steps = np.concatenate((self.steps, other.steps))
        return CompactHistogram(*_summed(steps, np.concatenate((self.counts, other.counts))))

    def summary(self) -> LatencySummary:
        """Return the percentiles, each within half a percent."""
        if not self.steps.size:
            return LatencySummary()
        reached = np.cumsum(self.counts)
        ranks = -(-reached[-1] * np.array(PERMILLES) // 1000)
        steps = self.steps[np.searchsorted(reached, ranks)]
        return LatencySummary(*(np.exp2(steps / _STEPS_PER_DOUBLING) / 1e3).tolist())


def _summed(
    steps: npt.NDArray[np.int16], counts: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.int64]]:
    """Return the steps once each, ascending, with the sum of their counts."""
    distinct, where = np.unique(steps, return_inverse=True)
    summed = np.zeros(len(distinct), np.int64)
    np.add.at(summed, where, counts)
    return distinct, summed
