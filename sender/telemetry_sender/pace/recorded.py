"""The load of recorded events: what of them is wanted by each moment is what was over by then."""

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RecordedLoad:
    """One pass of recorded events in blocks, each wanted as a whole when its last event is over.

    `due` are the moments of the blocks in order, in seconds, `totals` the events of the blocks up
    to each: 16 bytes a block.
    """

    due: "array[float]"
    totals: "array[float]"
    seconds: float
    """How long a pass takes."""

    @classmethod
    def of(
        cls, due: NDArray[np.float64], sizes: NDArray[np.integer[Any]], seconds: float
    ) -> "RecordedLoad":
        """Return the load of blocks of these `sizes` in events, in any order."""
        order = np.argsort(due, kind="stable")
        totals = np.cumsum(sizes[order], dtype=np.float64)
        return cls(array("d", due[order].tobytes()), array("d", totals.tobytes()), seconds)

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
