"""Runs: neighbouring rows that belong together, such as the children of one span."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_generator.draws import I64


def positions(counts: I64) -> I64:
    """Return 0 .. count - 1 for each run, one run after another; shape (sum of counts,)."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Rows cut into runs without gaps; both columns have shape (runs,), no run is empty."""

    starts: I64
    counts: I64

    @classmethod
    def of(cls, owners: I64) -> Self:
        """Return the runs of equal neighbours."""
        changes = np.ones(len(owners), bool)
        changes[1:] = owners[1:] != owners[:-1]
        starts = np.flatnonzero(changes)
        return cls(starts, np.diff(starts, append=len(owners)))

    def each(self, values: I64) -> I64:
        """Return the value of each row's run; from shape (runs,) to shape (rows,)."""
        return np.repeat(values, self.counts)

    def sums(self, values: I64) -> I64:
        """Return the sum of each run's rows, shape (runs,)."""
        before = np.zeros(len(values) + 1, np.int64)
        np.cumsum(values, out=before[1:])
        sums: I64 = before[self.starts + self.counts] - before[self.starts]
        return sums

    def largest(self, values: I64) -> I64:
        """Return the largest of each run's rows, shape (runs,)."""
        largest: I64 = np.maximum.reduceat(values, self.starts) if len(values) else values
        return largest

    def before(self, values: I64) -> I64:
        """Return the sum of the values before each row within its run, shape (rows,)."""
        before = np.cumsum(values) - values
        return before - self.each(before[self.starts])
