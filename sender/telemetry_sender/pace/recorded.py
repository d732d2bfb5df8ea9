"""The load of recorded events: as many of them by each moment as happened until then."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RecordedLoad:
    """One pass of recorded events in blocks, each wanted at once when its last event happened.

    `due` are the moments of the blocks in the order of sending, `totals` the events of the blocks
    up to each.
    """

    due: tuple[float, ...]
    totals: tuple[float, ...]
    seconds: float
    """How long a pass takes."""

    @classmethod
    def of(cls, happened: Seconds, blocks: Iterable[int], seconds: float) -> "RecordedLoad":
        """Return the load of events that `happened` so many seconds after the start of a pass.

        `blocks` are the events of each block. A block is due when as many events have happened as
        it and those before it hold: in a recording in order of time, when its last one happened.
        """
        ordered = np.sort(happened)
        totals = list(accumulate(blocks))
        due: list[float] = ordered[np.array(totals) - 1].tolist()
        return cls(tuple(due), tuple(map(float, totals)), seconds)

    @property
    def lowest(self) -> float:
        """Zero: between two blocks nothing is wanted."""
        return 0.0

    @property
    def highest(self) -> float:
        """The mean rate, since blocks are wanted at once."""
        return self.totals[-1] / self.seconds

    def rate(self, elapsed: float) -> float:  # noqa: ARG002 - the contract of all shapes
        """Return the mean rate."""
        return self.highest

    def events(self, elapsed: float) -> float:
        """Return the events of the blocks that are due by this moment."""
        number = bisect_right(self.due, elapsed)
        return self.totals[number - 1] if number else 0.0

    def when(self, events: float) -> float:
        """Return when the block with this event is due."""
        return self.due[min(bisect_left(self.totals, events), len(self.due) - 1)]
