"""Decides when each batch is due: an absolute schedule, and what has fallen too far behind it.

A load shape says how many events are wanted up to each moment. The pacer counts in `paid` how many
of them have been given out, and a batch of n events is due when the shape comes to `paid + n`:
when its last event is wanted (the generic cell rate algorithm in its virtual scheduling form, ITU-T
I.371 annex A, on an axis of events). So there is no opening burst, nothing passes unpaid, and a
late batch does not move those behind it. What was wanted longer than `burst` seconds ago and not
given out is lost, and counts as overdue.

It never sleeps and knows no clock: callers pass elapsed seconds in and wait themselves. Why this is
not `aiolimiter` stands in `docs/adr/0004-pacer-by-virtual-scheduling.md`.
"""

import math
from collections.abc import Iterator
from typing import Protocol

from telemetry_sender.pace.arrivals import even_gaps
from telemetry_sender.pace.shape import LoadShape


class Listener(Protocol):
    """Wants to know what becomes of requests."""

    def answered(self, now: float, response_seconds: float, *, ok: bool) -> None:
        """Hear of a request that ended `now`, so long after it was due."""
        ...


class Pacer(Listener, Protocol):
    """Says when batches are due; all times are seconds since the run's start."""

    def admit(self, events: int, now: float) -> float:
        """Give out a batch that is taken at `now`; return when it is due."""
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


# Counts are binary fractions: they must not fall an event short of what the rate allows.
_ROUNDING = 1e-6
_END_ROUNDING = 1e-3


class SchedulePacer:
    """Paces by a load shape.

    `gaps` says how much of the schedule each batch takes, in parts of its events: 1 where batches
    are spread evenly. `listener` hears of every answer.
    """

    def __init__(
        self,
        shape: LoadShape,
        burst_seconds: float,
        gaps: Iterator[float] | None = None,
        listener: Listener | None = None,
    ) -> None:
        self._shape = shape
        self._burst = burst_seconds
        self._gaps = gaps or even_gaps()
        self._listener = listener
        self._gap = next(self._gaps)
        self._paid = 0.0
        self._lost = 0.0

    def admit(self, events: int, now: float) -> float:
        """Give out a batch that is taken at `now`; return when it is due."""
        self._forget(now)
        self._paid += events * self._gap
        self._gap = next(self._gaps)
        due = self._shape.when(self._paid)
        # The last batch of a load that ends may lie behind its end by a rounding.
        return due if due < math.inf else self._shape.when(self._paid - _END_ROUNDING)

    def room(self, end: float, now: float) -> float:
        """Return how many events may still become due up to `end`."""
        self._forget(now)
        return max(0.0, self._shape.events(end) - self._paid) / self._gap + _ROUNDING

    def overdue(self, now: float, batch: int) -> float:
        """Return the events lost so far, and those due by `now` if they fill a `batch`."""
        self._forget(now)
        waiting = max(0.0, self._shape.events(now) - self._paid) + _ROUNDING
        return self._lost + (waiting if waiting >= batch else 0.0)

    def due(self, now: float) -> float | None:
        """Return the events that the schedule asked for up to `now`."""
        return self._shape.events(now)

    def answered(self, now: float, response_seconds: float, *, ok: bool) -> None:
        """Tell the listener; without one, the schedule stands."""
        if self._listener is not None:
            self._listener.answered(now, response_seconds, ok=ok)

    def _forget(self, now: float) -> None:
        """Lose what was wanted longer than the burst ago."""
        if now <= self._burst:
            return
        oldest = self._shape.events(now - self._burst)
        if self._paid < oldest:
            self._lost += oldest - self._paid
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
