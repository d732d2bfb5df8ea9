"""Loads made of straight lines: ramps, steps, bursts, whatever goes from rate to rate."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Line:
    """The rate goes in a straight line from `first` to `last` events per second."""

    seconds: float
    first: float
    last: float

    @property
    def total(self) -> float:
        """Its events."""
        return (self.first + self.last) / 2 * self.seconds

    def rate(self, elapsed: float) -> float:
        """Return the rate so many seconds after its start."""
        return self.first + (self.last - self.first) * (elapsed / self.seconds)

    def events(self, elapsed: float) -> float:
        """Return the events of its first seconds."""
        return (self.first + self.rate(elapsed)) / 2 * elapsed

    def when(self, events: float) -> float:
        """Return after how many seconds it has come to so many events, more than 0.

        The positive root of `slope / 2 t² + first t = events`, in the form that loses no digits
        for a slope near 0.
        """
        slope = (self.last - self.first) / self.seconds
        root = math.sqrt(max(0.0, self.first**2 + 2 * slope * events))
        return min(self.seconds, 2 * events / (self.first + root))


@dataclass(frozen=True, slots=True)
class LinesLoad:
    """Lines one after another; what follows the last of them keeps its last rate."""

    lines: tuple[Line, ...]
    starts: tuple[float, ...]
    """When each line begins, and last when the last one ends."""
    totals: tuple[float, ...]
    """Events before each line, and last those of all."""

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "LinesLoad":
        """Return the load of these lines, at least one."""
        kept = tuple(lines)
        starts = accumulate((line.seconds for line in kept), initial=0.0)
        totals = accumulate((line.total for line in kept), initial=0.0)
        return cls(kept, tuple(starts), tuple(totals))

    @property
    def seconds(self) -> float:
        """How long all lines take."""
        return self.starts[-1]

    @property
    def lowest(self) -> float:
        """The lowest rate of any line."""
        return min(min(line.first, line.last) for line in self.lines)

    @property
    def highest(self) -> float:
        """The highest rate of any line."""
        return max(max(line.first, line.last) for line in self.lines)

    def rate(self, elapsed: float) -> float:
        """Return the rate of the line at this moment."""
        if elapsed >= self.seconds:
            return self.lines[-1].last
        number = bisect_right(self.starts, elapsed) - 1
        return self.lines[number].rate(elapsed - self.starts[number])

    def events(self, elapsed: float) -> float:
        """Return the events of the lines before, and of the one at this moment."""
        if elapsed >= self.seconds:
            kept = self.lines[-1].last
            return self.totals[-1] + (kept * (elapsed - self.seconds) if kept else 0.0)
        number = bisect_right(self.starts, elapsed) - 1
        return self.totals[number] + self.lines[number].events(elapsed - self.starts[number])

    def when(self, events: float) -> float:
        """Return when the line with this event comes to it."""
        if events > self.totals[-1]:
            kept = self.lines[-1].last
            return self.seconds + (events - self.totals[-1]) / kept if kept else math.inf
        number = bisect_left(self.totals, events) - 1
        if number < 0:
            return 0.0
        return self.starts[number] + self.lines[number].when(events - self.totals[number])
