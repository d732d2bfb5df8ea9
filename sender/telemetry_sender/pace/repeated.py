"""A load that begins again and again."""

import math
from dataclasses import dataclass

from telemetry_sender.pace.shape import LoadShape


@dataclass(frozen=True, slots=True)
class RepeatedLoad:
    """The first `period` seconds of another load, over and over."""

    once: LoadShape
    period: float

    @property
    def lowest(self) -> float:
        """The lowest rate."""
        return self.once.lowest

    @property
    def highest(self) -> float:
        """The highest rate."""
        return self.once.highest

    def rate(self, elapsed: float) -> float:
        """Return the rate as far into the period."""
        return self.once.rate(elapsed % self.period)

    def events(self, elapsed: float) -> float:
        """Return the events of whole periods, and those of the last one."""
        if elapsed == math.inf:
            return math.inf
        periods, rest = divmod(elapsed, self.period)
        return periods * self.once.events(self.period) + self.once.events(rest)

    def when(self, events: float) -> float:
        """Return when the period with this event comes to it."""
        if events <= 0:
            return 0.0
        each = self.once.events(self.period)
        periods = math.ceil(events / each) - 1
        rest = min(events - periods * each, each)
        return periods * self.period + self.once.when(rest)
