"""Settings of what happens to requests that fail."""

from typing import Self

from pydantic import model_validator

from telemetry_common.config import ConfigModel
from telemetry_sender.config.base import PositiveInt, PositiveSeconds


class RetryConfig(ConfigModel):
    """How often and when a retryable failure is tried again (exponential backoff with jitter)."""

    max_attempts: PositiveInt = 5
    """Attempts of one request, the first included."""
    initial_backoff: PositiveSeconds = 0.1
    """Longest wait before the second attempt, in seconds; it doubles for each further one."""
    max_backoff: PositiveSeconds = 5.0
    """Longest wait before any attempt, in seconds."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_backoff < self.initial_backoff:
            raise ValueError("max_backoff is below initial_backoff")
        return self
