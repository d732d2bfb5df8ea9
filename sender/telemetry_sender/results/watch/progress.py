"""How far a run has come, by its duration or by its number of passes, and how long it has to go."""

from dataclasses import dataclass

from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.results.sample import Sample


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come."""

    elapsed_seconds: float
    fraction: float | None
    """0 at the start and 1 at the end; None for a run without an end."""
    left_seconds: float | None
    """Seconds to go, as things are now; None when that cannot be told."""


def progress(sample: Sample, sending: SendingConfig) -> Progress:
    """Return how far a run has come: by what ends it first, its duration or its passes."""
    elapsed = sample.elapsed_seconds
    fractions = [part for part in (_of_duration(elapsed, sending), _of_passes(sample)) if part]
    if not fractions:
        return Progress(elapsed, None, None)
    fraction = min(1.0, max(fractions))
    return Progress(elapsed, fraction, elapsed / fraction - elapsed)


def _of_duration(elapsed: float, sending: SendingConfig) -> float | None:
    return elapsed / sending.duration if sending.duration else None


def _of_passes(sample: Sample) -> float | None:
    return sample.totals.sent / sample.planned if sample.planned else None
