"""Whether something came at a time before, exactly, from the latest times alone.

A row keeps the largest different times that ever came to it. So a time that is not smaller than
the smallest kept is known for certain to have come before or not; of smaller ones nothing is
claimed.
"""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_sender.receiver.occurrences import Flags, Indices, rounds

KEPT = 8
"""Times a row keeps: a repeat may come as many passes late."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What is known of arrivals, one element each; those of no kind are repeats."""

    fresh: Flags
    """Came for the first time."""
    late: Flags
    """Came for the first time, and after a later time of its row."""
    undecided: Flags
    """Too old to tell."""

    @property
    def repeated(self) -> Flags:
        """Which came before."""
        return ~(self.fresh | self.undecided)


class RecentTimes:
    """The latest times of many rows, 8 bytes each."""

    def __init__(self, kept: int = KEPT) -> None:
        self._times = np.zeros((0, kept), np.uint64)

    def reserve(self, rows: int) -> None:
        """Make room for the rows 0 .. `rows` - 1."""
        if rows > len(self._times):
            room = max(rows, 2 * len(self._times)) - len(self._times)
            self._times = np.pad(self._times, ((0, room), (0, 0)))

    def add(self, rows: Indices, times: U64) -> Arrivals:
        """Book arrivals (n,) in their order; no time may be 0, and every row has its room."""
        nothing = np.zeros(len(rows), np.bool_)
        arrivals = Arrivals(nothing, nothing.copy(), nothing.copy())
        for chosen in rounds(rows):
            self._add_distinct(rows[chosen], times[chosen], chosen, arrivals)
        return arrivals

    def _add_distinct(self, rows: Indices, times: U64, chosen: Indices, into: Arrivals) -> None:
        kept = self._times[rows]
        known = (kept == times[:, np.newaxis]).any(axis=1)
        place = kept.argmin(axis=1)
        too_old = ~known & (times < kept[np.arange(len(rows)), place])
        fresh = ~(known | too_old)
        into.fresh[chosen] = fresh
        into.undecided[chosen] = too_old
        into.late[chosen] = fresh & (times < kept.max(axis=1))
        self._times[rows[fresh], place[fresh]] = times[fresh]
