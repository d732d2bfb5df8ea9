"""Settings of how fast to send."""

from typing import Annotated

from pydantic import Field

from telemetry_common.config import ConfigModel
from telemetry_sender.config.base import Number


class RateLimitConfig(ConfigModel):
    """How fast to send."""

    events_per_second: Number = 10_000.0
    """Events of all signals together; zero or less disables pacing."""
    burst_seconds: Annotated[Number, Field(gt=0)] = 2.0
    """How much unused time the pacer keeps; a later burst spends it."""

    @property
    def intended(self) -> float | None:
        """The rate to hold in events per second; None when unlimited."""
        return self.events_per_second if self.events_per_second > 0 else None
