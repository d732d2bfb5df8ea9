"""The numbers of all points of a pass that cells are made of."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.wide.groups import Numbers
from telemetry_sender.tables.wide.quantiles import Doubles, estimate

Measure = str | float
"""A column of the long table (`value`, `count`, `sum`), or a quantile from 0 to 1."""


@dataclass(frozen=True)
class PassValues:
    """The points of one pass, n of them, as rows of the long table."""

    points: pa.Table

    @cached_property
    def times(self) -> Numbers:
        """When each was measured, Unix nanoseconds (n,); 0 for those without a time."""
        times: Numbers = self._column("timestamp").cast(pa.int64()).fill_null(0).to_numpy()
        return times

    def of(self, measure: Measure, points: Numbers) -> tuple[Doubles, NDArray[np.bool_]]:
        """Return what a measure is of these points (m,), and which of them have it."""
        if isinstance(measure, float):
            estimated = self._estimated(measure, points)
            return estimated, ~np.isnan(estimated)
        column = self._column(measure).take(pa.array(points))
        present = column.is_valid().to_numpy(zero_copy_only=False)
        return column.cast(pa.float64(), safe=False).fill_null(0).to_numpy(), present

    def _estimated(self, quantile: float, points: Numbers) -> Doubles:
        counts, bounds = self._column("bucket_counts"), self._column("explicit_bounds")
        sizes = np.diff(counts.offsets.to_numpy())[points]
        is_whole = np.diff(bounds.offsets.to_numpy())[points] == sizes - 1
        result = np.full(len(points), np.nan)
        for size in np.unique(sizes[is_whole]).tolist():
            own = np.flatnonzero(is_whole & (sizes == size))
            of_size = _matrix(counts, points[own], size)
            result[own] = estimate(of_size, _matrix(bounds, points[own], size - 1), quantile)
        return result

    def _column(self, name: str) -> Any:
        return self.points.column(name).combine_chunks()


def _matrix(lists: pa.ListArray, rows: Numbers, size: int) -> Doubles:
    """Return lists that have `size` values each as an array (len(rows), size)."""
    firsts = lists.offsets.to_numpy()[rows]
    values = lists.values.to_numpy().astype(np.float64)
    matrix: Doubles = values[firsts[:, np.newaxis] + np.arange(size)]
    return matrix
