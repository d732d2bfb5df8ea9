"""What of a run waits for an endpoint that is down, and the lines that tell of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from telemetry_common.signals import Signal
from telemetry_common.units import format_duration

# An endpoint that is back sooner is not worth a line.
_TELLING_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Outage:
    """Signals whose endpoint is down at one moment, `since` seconds on the run's clock."""

    since: float
    signals: frozenset[Signal]
    waiting: int
    """Requests that wait for it."""


def merge_outages(outages: Iterable[Outage | None]) -> Outage | None:
    """Return what waits in several processes together; None when nothing does."""
    found = [outage for outage in outages if outage is not None]
    if not found:
        return None
    return Outage(
        since=min(outage.since for outage in found),
        signals=frozenset[Signal]().union(*(outage.signals for outage in found)),
        waiting=sum(outage.waiting for outage in found),
    )


class OutageLines:
    """Says once that an endpoint is down, and once that it is back."""

    def __init__(self, endpoint: str, longest_pause: float, out: Callable[[str], None]) -> None:
        """Name the `endpoint`, which is tried again at least every `longest_pause` seconds."""
        self._endpoint = endpoint
        self._pause = format_duration(longest_pause)
        self._out = out
        self._since: float | None = None

    def tell(self, outage: Outage | None, now: float) -> None:
        """Print a line when something has changed; `now` is on the clock of the outage."""
        if outage is None:
            if self._since is not None:
                took = format_duration(now - self._since)
                self._out(f"{self._endpoint} is back after {took}")
            self._since = None
        elif self._since is None and now - outage.since >= _TELLING_SECONDS:
            self._since = outage.since
            self._out(self._line(outage, now))

    def _line(self, outage: Outage, now: float) -> str:
        names = ", ".join(sorted(map(str, outage.signals)))
        down = f"{self._endpoint} is unavailable since {format_duration(now - outage.since)}"
        waiting = f"{outage.waiting} requests of {names} wait"
        return f"{down}: {waiting}, one tries again at least every {self._pause}"
