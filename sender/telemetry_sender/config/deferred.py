"""Settings of what is sent later than the rest of its trace."""

from telemetry_common.config import ConfigModel
from telemetry_sender.config.base import NonNegativeInt, Seconds


class DeferredConfig(ConfigModel):
    """Late roots: spans of a template that wait for their delay after the rest of their trace."""

    drain_timeout: Seconds = 120.0
    """Seconds that the end of a run waits for those not yet due; a stop waits for the grace period
    at most. What is left then is dropped and counted."""
    max_pending: NonNegativeInt = 100_000
    """Spans that may wait at a time; further ones are dropped and counted."""
