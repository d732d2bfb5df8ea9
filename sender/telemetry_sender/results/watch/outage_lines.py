"""The lines that tell of an endpoint that is down."""

from collections.abc import Callable

from telemetry_common.units import format_duration
from telemetry_sender.results.outage import Outage
from telemetry_sender.results.sample import Sample

# An endpoint that is back sooner is not worth a line.
_TELLING_SECONDS = 1.0


class OutageLines:
    """An observer that says once that an endpoint is down, and once that it is back."""

    def __init__(self, endpoint: str, longest_pause: float, out: Callable[[str], None]) -> None:
        """Name the `endpoint`, which is tried again at least every `longest_pause` seconds."""
        self._endpoint = endpoint
        self._pause = format_duration(longest_pause)
        self._out = out
        self._since: float | None = None

    def __call__(self, sample: Sample) -> None:
        """Print a line when something has changed."""
        outage, now = sample.outage, sample.elapsed_seconds
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
        down = f"{self._endpoint}: nobody there for {format_duration(now - outage.since)}"
        waiting = f"{outage.waiting} requests of {names} wait"
        return f"{down}; {waiting}, one of a signal tries again at least every {self._pause}"
