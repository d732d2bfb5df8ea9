"""The statistics line that a run prints every few seconds."""

from collections.abc import Callable

from telemetry_common.signals import Signal
from telemetry_common.units import format_rate
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.watch.change import Change

STATISTICS_INTERVAL_SECONDS = 5.0

_LABELS = {
    Signal.TRACES: "spans",
    Signal.METRICS: "metrics",
    Signal.LOGS: "logs",
    Signal.PROFILES: "samples",
}
# Always shown, so that the line keeps its shape; profiles only when the run has them.
_ALWAYS = (Signal.TRACES, Signal.METRICS, Signal.LOGS)
_BEHIND = 0.95


def statistics_line(change: Change) -> str:
    """Return accepted events by signal, requests that went wrong, and the rates, as one line.

    The change is what happened since the line before; a rate that fell behind is told.
    """
    sample = change.after
    acked = {signal: counters.acked for signal, counters in sample.counters.items()}
    counts = [
        f"{label}: {acked.get(signal, 0):,}"
        for signal, label in _LABELS.items()
        if signal in acked or signal in _ALWAYS
    ]
    total = f"total: {sum(acked.values()):,}"
    parts = [*counts, total, f"errors: {sample.errors:,}", _rates(change)]
    return f"[{sample.elapsed_seconds:4.0f}s] " + " | ".join(parts)


def _rates(change: Change) -> str:
    overall, recent = Change(None, change.after).acked_per_second, change.acked_per_second
    intended = change.intended_per_second
    rates = f"rate: {format_rate(overall)} overall, {format_rate(recent)} recent"
    behind = intended is not None and recent < _BEHIND * intended
    return f"{rates}, {format_rate(intended or 0.0)} intended" if behind else rates


class PlainLines:
    """An observer that prints a statistics line every five seconds."""

    def __init__(self, out: Callable[[str], None]) -> None:
        self._out = out
        self._last: Sample | None = None
        self._next = STATISTICS_INTERVAL_SECONDS

    def __call__(self, sample: Sample) -> None:
        """Print the line of a sample where one is due."""
        if sample.elapsed_seconds < self._next:
            return
        self._out(statistics_line(Change(self._last, sample)))
        self._last = sample
        self._next = sample.elapsed_seconds + STATISTICS_INTERVAL_SECONDS
