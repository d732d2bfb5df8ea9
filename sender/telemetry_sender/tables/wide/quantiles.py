"""Quantiles of histograms, estimated as Prometheus does: linear within a bucket.

https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
"""

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


def estimate(counts: Doubles, bounds: Doubles, quantile: float) -> Doubles:
    """Return the quantile of each of n histograms, shape (n,); NaN where nothing was measured.

    `counts` (n, b) are those of the buckets, `bounds` (n, b - 1) their upper bounds but the last,
    for which the greatest bound stands. The first bucket begins at 0 if its bound is positive.
    """
    if not bounds.shape[1]:
        return np.full(len(counts), np.nan)
    reached = np.cumsum(counts, axis=1)
    total = reached[:, -1]
    rank = quantile * total
    bucket = np.argmax(reached >= rank[:, np.newaxis], axis=1)
    rows = np.arange(len(counts))
    upper = np.column_stack([bounds, bounds[:, -1]])[rows, bucket]
    first = np.minimum(bounds[:, 0], 0)
    lower = np.column_stack([first, bounds])[rows, bucket]
    inside = counts[rows, bucket]
    below = reached[rows, bucket] - inside
    share = np.divide(rank - below, inside, out=np.zeros_like(rank), where=inside > 0)
    return np.where(total > 0, lower + (upper - lower) * share, np.nan)
