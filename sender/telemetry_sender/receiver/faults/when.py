"""When a fault strikes: every condition that is given must hold."""

import math
from dataclasses import dataclass

from telemetry_common.signals import Signal


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a fault; those left out always hold.

    Times are seconds since the first request. `number` below counts from 1 the requests that pass
    the filter for the signal.
    """

    signal: Signal | None = None
    probability: float = 1.0
    nth: int = 1
    """Only every nth request."""
    first: int | None = None
    """Only the first so many requests."""
    start: float = 0.0
    end: float = math.inf
    every: float | None = None
    """Windows begin at `start`, then again after every so many seconds."""
    lasts: float = math.inf
    """How long a window lasts."""

    def applies_to(self, signal: Signal) -> bool:
        """Tell whether requests of `signal` concern the fault at all."""
        return self.signal is None or self.signal is signal

    def strikes(self, number: int, elapsed: float, chance: float) -> bool:
        """Tell whether the fault strikes a request; `chance` is drawn evenly from [0, 1)."""
        return (
            chance < self.probability
            and number % self.nth == 0
            and (self.first is None or number <= self.first)
            and self.window_end(elapsed) is not None
        )

    def window_end(self, elapsed: float) -> float | None:
        """Return when the window around `elapsed` ends, or None outside of every window."""
        if not self.start <= elapsed < self.end:
            return None
        since = elapsed - self.start
        if self.every is not None:
            since %= self.every
        if since >= self.lasts:
            return None
        return min(elapsed - since + self.lasts, self.end)
