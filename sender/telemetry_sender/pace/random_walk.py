"""A load that wanders: a random walk between two rates, reflected at both.

The walk takes a step of its own at every multiple of `step` seconds, drawn from the seed and the
number of the step, so a seed gives the same walk on any machine. Folding a free walk at the ends
is the same as reflecting it there, and makes all rates in between equally likely in the long run
(W. Feller, An Introduction to Probability Theory and Its Applications, volume 1, chapter XIV).
"""

import math
from array import array
from bisect import bisect_left

import numpy as np

from telemetry_common.ids import mix64
from telemetry_sender.pace.lines import Line

_STEPS_AT_ONCE = 512
_WORD = (1 << 64) - 1


class RandomWalkLoad:
    """A walk between the rates `low` and `high`, in straight lines of `step` seconds.

    In `period` seconds a free walk would get as far as from one end to the other (its standard
    deviation). What has been walked is kept: 16 bytes a step.
    """

    def __init__(self, low: float, high: float, *, period: float, step: float, seed: int) -> None:
        self.lowest = low
        self.highest = high
        self._step = step
        self._stride = math.sqrt(12 * step / period)
        self._key = seed & _WORD
        self._free = self._draw(0)[0] + 0.5
        self._rates = array("d", [self._folded(self._free)])
        self._totals = array("d", [0.0])

    def rate(self, elapsed: float) -> float:
        """Return the rate at this moment."""
        number = self._walked_to(elapsed)
        return self._line(number).rate(elapsed - number * self._step)

    def events(self, elapsed: float) -> float:
        """Return the events of the steps before, and of the one at this moment."""
        if elapsed == math.inf:
            return math.inf
        number = self._walked_to(elapsed)
        return self._totals[number] + self._line(number).events(elapsed - number * self._step)

    def when(self, events: float) -> float:
        """Return when the step with this event comes to it."""
        while self._totals[-1] < events:
            self._walk()
        number = bisect_left(self._totals, events) - 1
        if number < 0:
            return 0.0
        return number * self._step + self._line(number).when(events - self._totals[number])

    def _line(self, number: int) -> Line:
        return Line(self._step, self._rates[number], self._rates[number + 1])

    def _walked_to(self, elapsed: float) -> int:
        """Walk beyond this moment; return the number of the step that it is in."""
        number = int(elapsed / self._step)
        while number + 1 >= len(self._rates):
            self._walk()
        return number

    def _walk(self) -> None:
        for drawn in self._draw(len(self._rates)):
            before = self._rates[-1]
            self._free += drawn * self._stride
            after = self._folded(self._free)
            self._rates.append(after)
            self._totals.append(self._totals[-1] + (before + after) / 2 * self._step)

    def _draw(self, number: int) -> list[float]:
        """Return random numbers from -1/2 to 1/2 for the steps from `number` on."""
        counters = np.arange(number, number + _STEPS_AT_ONCE, dtype=np.uint64)
        words = mix64(counters + np.uint64(self._key))
        drawn: list[float] = (words / 2.0**64 - 0.5).tolist()
        return drawn

    def _folded(self, free: float) -> float:
        """Return the rate of a free walk, which knows of no ends, folded in between them."""
        way = free % 2.0
        return self.lowest + (self.highest - self.lowest) * min(way, 2.0 - way)
