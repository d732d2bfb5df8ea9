"""From what happened in each interval to what points say: sums since the start, or as they are."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from telemetry_generator.draws import Bools

_N = TypeVar("_N", np.int64, np.float64)


def accumulated(intervals: NDArray[_N], is_delta: Bools, how: np.ufunc = np.add) -> NDArray[_N]:
    """Return the points of n series from their p intervals: shapes (n, p, …), `is_delta` (n,).

    `how` brings intervals together: `np.add`, `np.minimum` or `np.maximum`. It works from the
    first to the last, so sums of floats come out the same everywhere.
    """
    if intervals.shape[1] == 1:
        return intervals
    since_start = how.accumulate(intervals, axis=1)
    mask = is_delta.reshape((-1,) + (1,) * (intervals.ndim - 1))
    return np.where(mask, intervals, since_start)
