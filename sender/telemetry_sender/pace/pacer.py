"""Decides when each batch is due: an absolute schedule, and what has fallen too far behind it.

The pacer is a token bucket of time (the generic cell rate algorithm in its virtual scheduling form,
ITU-T I.371 annex A): a batch of n events costs n / rate seconds, and `paid` is the moment up to
which time has been spent. A batch is due when its last event is: at `paid` plus its cost. So there
is no opening burst, nothing passes unpaid, and a late batch does not move those behind it. Time
that stays unspent for longer than `burst` seconds is lost, and its events count as overdue.

It never sleeps and knows no clock: callers pass elapsed seconds in and wait themselves. Why this is
not `aiolimiter` stands in `docs/adr/0004-pacer-by-virtual-scheduling.md`.
"""

from typing import Protocol


class LoadShape(Protocol):
    """How many events per second are wanted, `elapsed` seconds into the run."""

    def rate(self, elapsed: float) -> float:
        """Return events per second, more than zero."""
        ...


class ConstantLoad:
    """The same rate all the time."""

    def __init__(self, events_per_second: float) -> None:
        if events_per_second <= 0:
            raise ValueError("a load needs a positive rate")
        self._rate = events_per_second

    def rate(self, elapsed: float) -> float:  # noqa: ARG002 - the shape of all loads
        """Return the one rate."""
        return self._rate


class Pacer(Protocol):
    """Says when batches are due; all times are seconds since the run's start."""

    def admit(self, events: int, now: float) -> float:
        """Spend the time of a batch that is taken at `now`; return when it is due."""
        ...

    def room(self, end: float, now: float) -> float:
        """Return how many events may still become due up to `end`."""
        ...

    def overdue(self, now: float, batch: int) -> float:
        """Return the events that were due by `now` and not admitted, in whole batches."""
        ...

    def due(self, now: float) -> float | None:
        """Return the events that the schedule asked for up to `now`; None without a schedule."""
        ...

    def answered(self, now: float, response_seconds: float, *, ok: bool) -> None:
        """Hear of a request that ended `now`; only a rate that adapts itself listens."""
        ...


# Costs are binary fractions: their sum must not fall an event short of what the rate allows.
_ROUNDING = 1e-6


class SchedulePacer:
    """Paces by a load shape."""

    def __init__(self, shape: LoadShape, burst_seconds: float) -> None:
        self._shape = shape
        self._burst = burst_seconds
        self._paid = 0.0
        self._lost = 0.0

    def admit(self, events: int, now: float) -> float:
        """Spend the time of a batch that is taken at `now`; return when it is due."""
        self._forget(now)
        self._paid += events / self._shape.rate(self._paid)
        return self._paid

    def room(self, end: float, now: float) -> float:
        """Return how many events may still become due up to `end`."""
        self._forget(now)
        return max(0.0, end - self._paid) * self._shape.rate(self._paid) + _ROUNDING

    def overdue(self, now: float, batch: int) -> float:
        """Return the events lost so far, and those due by `now` if they fill a `batch`."""
        waiting = self.room(now, now)
        return self._lost + (waiting if waiting >= batch else 0.0)

    def due(self, now: float) -> float | None:
        """Return the events that the schedule asked for up to `now`."""
        return now * self._shape.rate(now)

    def answered(self, now: float, response_seconds: float, *, ok: bool) -> None:
        """Do nothing: the schedule stands."""

    def _forget(self, now: float) -> None:
        """Lose the time that stayed unspent for longer than the burst."""
        oldest = now - self._burst
        if self._paid < oldest:
            self._lost += (oldest - self._paid) * self._shape.rate(self._paid)
            self._paid = oldest


class NoPacer:
    """Lets every batch go at once: as fast as the endpoint takes them."""

    def admit(self, events: int, now: float) -> float:  # noqa: ARG002
        """Return `now`."""
        return now

    def room(self, end: float, now: float) -> float:
        """Return no bound before `end`, and zero from then on."""
        return float("inf") if now < end else 0.0

    def overdue(self, now: float, batch: int) -> float:  # noqa: ARG002
        """Return zero: nothing was due."""
        return 0.0

    def due(self, now: float) -> float | None:  # noqa: ARG002
        """Return None: nothing is ever due."""
        return None

    def answered(self, now: float, response_seconds: float, *, ok: bool) -> None:
        """Do nothing."""
