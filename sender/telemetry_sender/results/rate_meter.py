"""Rates of a running count: overall, and since the last look."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rates:
    """Events per second at one moment."""

    elapsed_seconds: float
    overall: float
    """All events over all time."""
    recent: float
    """Events since the previous reading over the time since then."""


class RateMeter:
    """Turns readings of a counter into rates; the caller brings the clock (seconds)."""

    def __init__(self, start: float) -> None:
        self._start = start
        self._last_time = start
        self._last_events = 0

    def read(self, now: float, events: int) -> Rates:
        """Return the rates at `now`, when the counter stands at `events`."""
        overall = _ratio(events, now - self._start)
        recent = _ratio(events - self._last_events, now - self._last_time)
        self._last_time, self._last_events = now, events
        return Rates(now - self._start, overall, recent)


def _ratio(events: int, seconds: float) -> float:
    return events / seconds if seconds > 0 else 0.0
