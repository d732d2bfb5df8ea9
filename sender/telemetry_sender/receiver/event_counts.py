"""What became of the events of a signal that are known one by one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.receiver.recent_times import Arrivals


@dataclass(slots=True)
class EventCounts:
    """Arrivals; every one is in exactly one of these."""

    unique: int = 0
    """Different events."""
    duplicated: int = 0
    """Arrivals beyond the first of their event."""
    foreign: int = 0
    """Not of the template set."""
    unidentified: int = 0
    """Without what identifies them: a time, or an id."""
    undecided: int = 0
    """So late that whether they came before is forgotten."""
    untracked: int = 0
    """Of streams beyond those that the memory holds."""

    def count(self, arrivals: Arrivals, weights: NDArray[np.int64] | None = None) -> None:
        """Count arrivals, each of which stands for one event or for its weight."""
        self.unique += _total(arrivals.fresh, weights)
        self.duplicated += _total(arrivals.repeated, weights)
        self.undecided += _total(arrivals.undecided, weights)


def _total(which: NDArray[np.bool_], weights: NDArray[np.int64] | None) -> int:
    return int(np.count_nonzero(which) if weights is None else weights[which].sum())
