"""What a fault does to a request that it strikes."""

import math
from dataclasses import dataclass
from typing import TypeAlias

from telemetry_sender.receiver.faults.when import When
from telemetry_sender.receiver.statuses import Status


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait between `low` and `high` seconds before the request is taken."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Stall:
    """Wait until the window ends, as behind a server that has frozen."""


@dataclass(frozen=True, slots=True)
class SlowRead:
    """Leave the body unread for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer an error; `retry_after` in seconds goes with it."""

    status: Status
    retry_after: float | None


@dataclass(frozen=True, slots=True)
class RejectCount:
    """Reject the first `count` events of the request."""

    count: int

    def of(self, events: int) -> int:
        """Return how many of `events` to reject."""
        return min(self.count, events)


@dataclass(frozen=True, slots=True)
class RejectFraction:
    """Reject a fraction of the events, rounded up."""

    fraction: float

    def of(self, events: int) -> int:
        """Return how many of `events` to reject."""
        # 29 % of 100 is 28.999999999999996 for a computer.
        return math.ceil(round(self.fraction * events, 6))


@dataclass(frozen=True, slots=True)
class Close:
    """Close the connection instead of taking the request."""


@dataclass(frozen=True, slots=True)
class LoseAnswer:
    """Take the request, then close the connection instead of answering."""


@dataclass(frozen=True, slots=True)
class SpoilAnswer:
    """Take the request, then answer a success whose body is no message."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Never answer, and never take the request."""


Pause: TypeAlias = Delay | Stall | SlowRead
Reject: TypeAlias = RejectCount | RejectFraction
Ending: TypeAlias = Refuse | Reject | Close | LoseAnswer | SpoilAnswer | Hang
Action: TypeAlias = Pause | Ending


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by the name under which the report counts it."""

    name: str
    action: Action
    when: When
