"""When to try a request again: exponential backoff with full jitter, or when the receiver says.

Full jitter, a wait drawn evenly from zero to the ceiling, spreads the retries of many senders best:
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
"""

from collections.abc import Callable
from dataclasses import dataclass

from telemetry_sender.config.retry import RetryConfig
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
    max_server_seconds: float = float("inf")
    """The longest delay of a receiver that is obeyed; longer ones are cut to it."""
    max_elapsed_seconds: float = float("inf")
    """How long after its first attempt a request may be tried again."""

    @classmethod
    def of(cls, retry: RetryConfig, random: Callable[[], float]) -> "Backoff":
        """Return the waits that a configuration asks for."""
        return cls(
            retry.max_attempts,
            retry.initial_backoff,
            retry.max_backoff,
            random,
            retry.max_server_delay,
            retry.max_elapsed or float("inf"),
        )

    def pause(self, attempts: int, delivery: Delivery, elapsed: float = 0.0) -> float | None:
        """Return seconds to wait after `attempts` attempts, or None to give up.

        `elapsed` is how many seconds ago the first one began. A receiver that names a delay is
        obeyed, as the OTLP specification asks, within bounds: it must not stop the run for a year.
        """
        if not delivery.retryable or attempts >= self.max_attempts:
            return None
        if delivery.retry_after_seconds is None:
            pause = self.wait(attempts)
        else:
            pause = min(delivery.retry_after_seconds, self.max_server_seconds)
        return pause if elapsed + pause <= self.max_elapsed_seconds else None

    def wait(self, attempts: int) -> float:
        """Return seconds to wait after `attempts` attempts where nobody names a delay."""
        doubled = self.initial_seconds * 2 ** min(attempts - 1, _MOST_DOUBLINGS)
        ceiling: float = min(self.max_seconds, doubled)
        return ceiling * self.random()
