"""What a load over time is: the contract of all load shapes, and the simplest of them."""

import math
from dataclasses import dataclass
from typing import Protocol


class LoadShape(Protocol):
    """How many events are wanted when; times are seconds since the run's start."""

    @property
    def lowest(self) -> float:
        """The lowest rate that it ever asks for, in events per second; 0 or more."""
        ...

    @property
    def highest(self) -> float:
        """The highest rate that it ever asks for, in events per second."""
        ...

    def rate(self, elapsed: float) -> float:
        """Return the events per second at this moment; 0 or more."""
        ...

    def events(self, elapsed: float) -> float:
        """Return the events wanted up to this moment: the integral of the rate from 0.

        `elapsed` may be infinite; the result is then finite only for a load that ends.
        """
        ...

    def when(self, events: float) -> float:
        """Return the first moment at which so many events are wanted; infinite for never."""
        ...


@dataclass(frozen=True, slots=True)
class ConstantLoad:
    """The same rate all the time."""

    events_per_second: float

    def __post_init__(self) -> None:
        if self.events_per_second <= 0:
            raise ValueError("a load needs a positive rate")

    @property
    def lowest(self) -> float:
        """The one rate."""
        return self.events_per_second

    @property
    def highest(self) -> float:
        """The one rate."""
        return self.events_per_second

    def rate(self, elapsed: float) -> float:  # noqa: ARG002 - the contract of all shapes
        """Return the one rate."""
        return self.events_per_second

    def events(self, elapsed: float) -> float:
        """Return rate times time."""
        return self.events_per_second * elapsed

    def when(self, events: float) -> float:
        """Return events by rate."""
        return events / self.events_per_second


@dataclass(frozen=True, slots=True)
class ScaledLoad:
    """A load times a factor: what one of several processes sends of it."""

    whole: LoadShape
    factor: float

    def __post_init__(self) -> None:
        if not 0 < self.factor < math.inf:
            raise ValueError("a load is scaled by a positive factor")

    @property
    def lowest(self) -> float:
        """The lowest rate."""
        return self.whole.lowest * self.factor

    @property
    def highest(self) -> float:
        """The highest rate."""
        return self.whole.highest * self.factor

    def rate(self, elapsed: float) -> float:
        """Return this part of the whole rate."""
        return self.whole.rate(elapsed) * self.factor

    def events(self, elapsed: float) -> float:
        """Return this part of all events."""
        return self.whole.events(elapsed) * self.factor

    def when(self, events: float) -> float:
        """Return when the whole has come as far."""
        return self.whole.when(events / self.factor)
