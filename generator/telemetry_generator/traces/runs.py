"""Runs: neighbouring rows that belong together, such as the children of one span."""

import numpy as np

from telemetry_generator.draws import I64


def positions(counts: I64) -> I64:
    """Return 0 .. count - 1 for each run, one run after another; shape (sum of counts,)."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)


def starts_of(owners: I64) -> I64:
    """Return the first row of each run of equal owners; shape (runs,)."""
    if not len(owners):
        return np.empty(0, np.int64)
    changed = np.flatnonzero(owners[1:] != owners[:-1]) + 1
    return np.concatenate([np.zeros(1, np.int64), changed])


def run_lengths(starts: I64, rows: int) -> I64:
    """Return the length of the runs with these starts."""
    return np.diff(starts, append=rows)


def running(values: I64, starts: I64, counts: I64) -> I64:
    """Return the sum of the values before each row within its run; shape as `values`."""
    before = np.cumsum(values) - values
    return before - np.repeat(before[starts], counts)
