"""What arrived, counted by signal."""

from collections import Counter
from dataclasses import dataclass, field

from telemetry_common.signals import Signal


@dataclass(slots=True)
class SignalTally:
    """Requests, their bytes before decoding, and events (none when requests are discarded)."""

    requests: int = 0
    bytes: int = 0
    events: int = 0


@dataclass(slots=True)
class Tally:
    """The counts of one receiver, all signals."""

    signals: dict[Signal, SignalTally] = field(
        default_factory=lambda: {signal: SignalTally() for signal in Signal}
    )
    undecodable: Counter[Signal] = field(default_factory=Counter)
    root_spans: int = 0
    points: Counter[str] = field(default_factory=Counter)
    """Data points by metric type."""
    profiles: int = 0

    def count_request(self, signal: Signal, size: int) -> None:
        """Count one request of `size` bytes."""
        counts = self.signals[signal]
        counts.requests += 1
        counts.bytes += size
