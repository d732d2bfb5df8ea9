"""Settings of what happens to requests that fail."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from telemetry_common.config import ConfigModel
from telemetry_sender.config.base import (
    NonNegativeInt,
    Number,
    PositiveInt,
    PositiveSeconds,
    Seconds,
)


class RetryConfig(ConfigModel):
    """How often and when a retryable failure is tried again (exponential backoff with jitter)."""

    max_attempts: PositiveInt = 5
    """Attempts of one request, the first included."""
    initial_backoff: PositiveSeconds = 0.1
    """Longest wait before the second attempt, in seconds; it doubles for each further one."""
    max_backoff: PositiveSeconds = 5.0
    """Longest wait before any attempt, in seconds."""
    max_server_delay: PositiveSeconds = 60.0
    """Most seconds to wait because the receiver asks for it; a longer delay is cut to this."""
    max_elapsed: Seconds = 300.0
    """No attempt begins later than this many seconds after the first one; 0 means no limit."""
    budget: Annotated[Number, Field(ge=0)] = 0.2
    """Retries in proportion to requests: 0.2 allows one for every five. When it is spent, failures
    are final until requests have earned more. 0 means no limit."""
    budget_reserve: NonNegativeInt = 100
    """Retries that the budget holds at the start, and at most: failures that come all at once."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max_backoff < self.initial_backoff:
            raise ValueError("max_backoff is below initial_backoff")
        return self
