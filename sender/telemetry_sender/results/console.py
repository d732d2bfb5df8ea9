"""The statistics line that a run prints every few seconds."""

from collections.abc import Callable

from telemetry_common.signals import Signal
from telemetry_common.units import format_rate
from telemetry_sender.results.rate_meter import RateMeter, Rates
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.stats import RunStats, Snapshot

STATISTICS_INTERVAL_SECONDS = 5.0

_LABELS = {
    Signal.TRACES: "spans",
    Signal.METRICS: "metrics",
    Signal.LOGS: "logs",
    Signal.PROFILES: "samples",
}
# Always shown, so that the line keeps its shape; profiles only when the run has them.
_ALWAYS = (Signal.TRACES, Signal.METRICS, Signal.LOGS)


def statistics_line(snapshot: Snapshot, rates: Rates) -> str:
    """Return accepted events by signal, requests that went wrong, and the rates, as one line."""
    counts = [
        f"{label}: {snapshot.acked.get(signal, 0):,}"
        for signal, label in _LABELS.items()
        if signal in snapshot.acked or signal in _ALWAYS
    ]
    rate = f"rate: {format_rate(rates.overall)} overall, {format_rate(rates.recent)} recent"
    parts = [*counts, f"total: {snapshot.total:,}", f"errors: {snapshot.errors:,}", rate]
    return f"[{rates.elapsed_seconds:4.0f}s] " + " | ".join(parts)


class StatisticsLines:
    """The statistics lines of one run; each knows when the one before it was made."""

    def __init__(self, stats: RunStats, start: float) -> None:
        self._stats = stats
        self._meter = RateMeter(start)

    def next(self, now: float) -> str:
        """Return the line for `now`, in seconds on the clock of `start`."""
        snapshot = self._stats.snapshot()
        return statistics_line(snapshot, self._meter.read(now, snapshot.total))


class PlainLines:
    """An observer that prints a statistics line every five seconds."""

    def __init__(self, out: Callable[[str], None]) -> None:
        self._out = out
        self._meter = RateMeter(0.0)
        self._next = STATISTICS_INTERVAL_SECONDS

    def __call__(self, sample: Sample) -> None:
        """Print the line of a sample where one is due."""
        if sample.elapsed_seconds < self._next:
            return
        acked = {signal: counters.acked for signal, counters in sample.counters.items()}
        snapshot = Snapshot(acked, sample.errors)
        rates = self._meter.read(sample.elapsed_seconds, snapshot.total)
        self._out(statistics_line(snapshot, rates))
        self._next = sample.elapsed_seconds + STATISTICS_INTERVAL_SECONDS
