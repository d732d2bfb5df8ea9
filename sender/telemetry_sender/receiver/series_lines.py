"""Whether cumulative series only grow, and keep the start time that they began with.

OTLP's data model: a cumulative point covers the time since its start, so while the start stays, a
monotonic total never falls. A start that moves tells of a new beginning; a run has none.
"""

import numpy as np

from telemetry_sender.receiver.occurrences import Indices, rounds
from telemetry_sender.receiver.points import Lines


class SeriesLines:
    """The latest point of every cumulative series; 24 bytes each."""

    def __init__(self) -> None:
        self.falling_sums = 0
        """Points whose total is below that of the point before, with the same start."""
        self.moved_starts = 0
        """Points whose start is not that of the point before."""
        self._time = np.zeros(0, np.uint64)
        self._start = np.zeros(0, np.uint64)
        self._total = np.zeros(0, np.float64)

    def reserve(self, series: int) -> None:
        """Make room for the series 0 .. `series` - 1."""
        if series > len(self._time):
            room = max(series, 2 * len(self._time)) - len(self._time)
            self._time = np.pad(self._time, (0, room))
            self._start = np.pad(self._start, (0, room))
            self._total = np.pad(self._total, (0, room))

    def follow(self, series: Indices, points: Lines) -> None:
        """Follow `series` (n,) by their points (n,), which are all new, in the order they came.

        A point that comes after a later one of its series is passed over.
        """
        for chosen in rounds(series):
            self._follow_distinct(series[chosen], points.at(chosen))

    def _follow_distinct(self, series: Indices, points: Lines) -> None:
        newer = points.times > self._time[series]
        series, points = series[newer], points.at(np.flatnonzero(newer))
        known = self._time[series] != 0
        moved = known & (points.starts != self._start[series])
        falling = known & ~moved & (points.totals < self._total[series])
        self.moved_starts += int(np.count_nonzero(moved))
        self.falling_sums += int(np.count_nonzero(falling))
        self._time[series] = points.times
        self._start[series] = points.starts
        self._total[series] = points.totals
