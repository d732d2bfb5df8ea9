"""When to try a request again: exponential backoff with full jitter, or when the receiver says."""

from collections.abc import Callable
from dataclasses import dataclass

from telemetry_sender.sinks.delivery import Delivery

# Beyond every longest wait, and far from the largest float, which 1,024 doublings exceed.
_MOST_DOUBLINGS = 64


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits before further attempts; `random` returns numbers in 0..1."""

    max_attempts: int
    initial_seconds: float
    max_seconds: float
    random: Callable[[], float]

    def pause(self, attempts: int, delivery: Delivery) -> float | None:
        """Return seconds to wait after `attempts` attempts, or None to give up.

        A receiver that names a delay is obeyed, as the OTLP specification asks.
        """
        if not delivery.retryable or attempts >= self.max_attempts:
            return None
        if delivery.retry_after_seconds is not None:
            return delivery.retry_after_seconds
        doubled = self.initial_seconds * 2 ** min(attempts - 1, _MOST_DOUBLINGS)
        ceiling: float = min(self.max_seconds, doubled)
        return ceiling * self.random()
