"""Settings of when events are said to have happened."""

from telemetry_common.config import ConfigModel
from telemetry_sender.config.base import Millis

_NANOS_PER_MS = 1_000_000


class TimestampsConfig(ConfigModel):
    """How far sent times lie behind the clock; zero means zero."""

    jitter_ms: Millis = 100.0
    """Each trace and log record gets a random delay of up to this many milliseconds."""
    backdate_ms: Millis = 0.0
    """All times are moved back by this many milliseconds."""

    @property
    def jitter_nanos(self) -> int:
        """The jitter in nanoseconds."""
        return round(self.jitter_ms * _NANOS_PER_MS)

    @property
    def backdate_nanos(self) -> int:
        """The shift in nanoseconds."""
        return round(self.backdate_ms * _NANOS_PER_MS)
