"""A smooth wave of the load: the sine, and the day with its long night."""

import math
from dataclasses import dataclass

_MOST_STEPS = 80
# Of the events of a period: as exact as the sines are.
_PRECISION = 1e-13


@dataclass(frozen=True, slots=True)
class WaveLoad:
    """One period of `mean + first cos x + second cos 2x`, where x is 0 at the `peak`.

    Rates in events per second, times in seconds. It never gets below 0.
    """

    period: float
    peak: float
    mean: float
    first: float
    second: float = 0.0

    @classmethod
    def sine(cls, low: float, high: float, period: float) -> "WaveLoad":
        """Return a sine wave that begins in the middle and rises."""
        return cls(period, period / 4, (low + high) / 2, (high - low) / 2)

    @classmethod
    def day(cls, low: float, high: float, period: float, peak: float) -> "WaveLoad":
        """Return `low + (high - low) ((1 + cos x) / 2)²`: less than half of it is above the mean.

        Written out, the square is 3/8 + 1/2 cos x + 1/8 cos 2x.
        """
        above = high - low
        return cls(period, peak, low + above * 3 / 8, above / 2, above / 8)

    @property
    def lowest(self) -> float:
        """The rate half a period from the peak."""
        return max(0.0, self.mean - self.first + self.second)

    @property
    def highest(self) -> float:
        """The rate at the peak."""
        return self.mean + self.first + self.second

    def rate(self, elapsed: float) -> float:
        """Return the rate at this moment."""
        turn = self._turn(elapsed)
        rate = self.mean + self.first * math.cos(turn) + self.second * math.cos(2 * turn)
        return max(0.0, rate)

    def events(self, elapsed: float) -> float:
        """Return the integral, which sines have in place of the cosines."""
        return self.mean * elapsed + self._swing(elapsed) - self._swing(0.0)

    def when(self, events: float) -> float:
        """Return when it comes to so many events of its period: Newton's method, kept in bounds."""
        low, high = 0.0, self.period
        guess = min(high, events / self.mean)
        enough = _PRECISION * self.mean * self.period
        for _ in range(_MOST_STEPS):
            missing = events - self.events(guess)
            if abs(missing) <= enough:
                break
            low, high = (guess, high) if missing > 0 else (low, guess)
            rate = self.rate(guess)
            following = guess + missing / rate if rate else -1.0
            if not low < following < high:
                following = (low + high) / 2
            guess = following
        return guess

    def _turn(self, elapsed: float) -> float:
        return math.tau * (elapsed - self.peak) / self.period

    def _swing(self, elapsed: float) -> float:
        turn = self._turn(elapsed)
        swing = self.first * math.sin(turn) + self.second / 2 * math.sin(2 * turn)
        return swing * self.period / math.tau
