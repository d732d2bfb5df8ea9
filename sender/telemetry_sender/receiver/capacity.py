"""A server that can do so much and no more: the known limit that a capacity search must find.

The capacity is kept by a clock of its own: work of n units takes n / rate seconds, one request
after the other, so the rate over a long time is exact whatever the sizes of the requests.
"""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What the capacity counts."""

    EVENTS = "events"
    REQUESTS = "requests"
    BYTES = "bytes"


class Mode(StrEnum):
    """What happens to work beyond the capacity."""

    QUEUE = "queue"
    """It waits for its turn, as behind a single worker."""
    REFUSE = "refuse"
    """It is refused, with the time after which to come again."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A capacity: `rate` units a second; `burst` seconds of it may be taken ahead in REFUSE."""

    rate: float
    unit: Unit = Unit.EVENTS
    mode: Mode = Mode.QUEUE
    burst: float = 0.05


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a request may be done, and in how many seconds: its end, or when to come again."""

    admitted: bool
    seconds: float


class Capacity:
    """The state of a limit."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._free_at = 0.0

    def admit(self, now: float, amount: float) -> Admission:
        """Ask for `amount` units at `now`, seconds of any clock that never goes back.

        QUEUE admits everything, and says when the work will be done. REFUSE admits what can begin
        within the burst, at once.
        """
        begins = max(now, self._free_at)
        if self.limit.mode is Mode.REFUSE:
            ahead = begins - now - self.limit.burst
            if ahead > 0:
                return Admission(admitted=False, seconds=ahead)
        self._free_at = begins + amount / self.limit.rate
        waiting = self._free_at - now if self.limit.mode is Mode.QUEUE else 0.0
        return Admission(admitted=True, seconds=waiting)
