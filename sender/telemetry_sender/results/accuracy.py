"""How well a run kept to its schedule, in total and interval by interval."""

from dataclasses import dataclass

from telemetry_sender.results.result import RunResult
from telemetry_sender.results.series import Series

# Events per second below which a deviation says nothing, and may not be a finite number.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Sent against intended rate; all are None for a run without a schedule."""

    percent: float | None = None
    """Sent events over the intended ones: 100 is exact."""
    overshoot_percent: float | None = None
    """How far the fastest interval was above its intended rate; zero when none was."""
    undershoot_percent: float | None = None
    """How far the slowest interval was below its intended rate; zero when none was."""


def accuracy_of(result: RunResult) -> Accuracy:
    """Compare what was sent with what the schedule asked for."""
    intended = result.intended_events
    if intended is None or intended < 1:
        return Accuracy()
    percent = 100 * result.stats.totals().sent / intended
    deviations = _deviations(result.series)
    if not deviations:
        return Accuracy(percent)
    return Accuracy(percent, 100 * max(0.0, *deviations), 100 * max(0.0, -min(deviations)))


def _deviations(series: Series) -> list[float]:
    """Return (sent - intended) / intended of all intervals but the last, which is cut short."""
    pairs = zip(series.sent()[:-1], series.intended()[:-1], strict=True)
    return [
        (sent - intended) / intended for sent, intended in pairs if intended and intended > _LEAST
    ]
