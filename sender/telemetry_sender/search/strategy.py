"""Which rate to try next: growth until a trial fails, bisection, and a confirmation.

The strategy never sleeps and sends nothing. It is asked for the next rate and told how that went;
a test can play it against a formula.
"""

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What a trial is for."""

    GROW = "grow"
    """The rate doubles until one is not sustained."""
    BISECT = "bisect"
    """The rate lies between one that is sustained and one that is not."""
    CONFIRM = "confirm"
    """The highest sustained rate is tried again, for longer."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Rates in events per second."""

    start: float
    lowest: float
    highest: float
    tolerance: float
    """How close, as a share of the rate, the sustained and the failed rate have to come."""

    def __post_init__(self) -> None:
        if not 0 < self.lowest <= self.start <= self.highest:
            raise ValueError("the start is not between the lowest and the highest rate")
        if not 0 < self.tolerance < 1:
            raise ValueError("the tolerance is not between 0 and 1")


_GROWTH = 2.0


class Strategy:
    """One search. `next` is None when it is over; then `found` is the answer."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._good: float | None = None
        self._bad: float | None = None
        self._confirmed = False
        self.found: float | None = None
        """The highest rate that was sustained and confirmed."""

    def next(self) -> tuple[Phase, float] | None:
        """Return what to try; None when there is nothing left to try."""
        if self._confirmed or self._hopeless:
            return None
        if self._bad is None:
            return self._growing()
        if self._good is None:
            # Not even the start: look below it.
            return Phase.GROW, max(self._bounds.lowest, self._bad / _GROWTH)
        if self._bad - self._good > self._bounds.tolerance * self._bad:
            return Phase.BISECT, (self._good + self._bad) / 2
        return Phase.CONFIRM, self._good

    def tell(self, phase: Phase, rate: float, *, sustained: bool) -> None:
        """Learn how the trial of a rate went."""
        if phase is Phase.CONFIRM:
            self._confirm(rate, sustained=sustained)
        elif sustained:
            self._good = rate
        else:
            self._bad = rate

    @property
    def _hopeless(self) -> bool:
        return self._good is None and self._bad is not None and self._bad <= self._bounds.lowest

    def _growing(self) -> tuple[Phase, float]:
        if self._good is None:
            return Phase.GROW, self._bounds.start
        if self._good >= self._bounds.highest:
            return Phase.CONFIRM, self._good
        return Phase.GROW, min(self._bounds.highest, self._good * _GROWTH)

    def _confirm(self, rate: float, *, sustained: bool) -> None:
        if sustained:
            self.found, self._confirmed = rate, True
            return
        # What was sustained for a short time only is too much: what lies below is searched anew.
        self._bad = rate
        lower = rate * (1 - 2 * self._bounds.tolerance)
        self._good = lower if lower > self._bounds.lowest else None
