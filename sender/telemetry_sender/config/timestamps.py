"""Settings of when events are said to have happened."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Self

from pydantic import AwareDatetime, model_validator

from telemetry_common.config import ConfigModel, MisplacedError
from telemetry_sender.config.base import Millis, PositiveNumber

_NANOS_PER_MS = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Signed nanoseconds, which many a receiver keeps, end in April 2262.
_END = datetime(2262, 1, 1, tzinfo=UTC)
LIVE_ONLY = ("jitter_ms", "backdate_ms")
TIMELINE_ONLY = ("start", "speed")


class TimestampsConfig(ConfigModel):
    """When events are said to have happened: now, or as recorded from some moment on."""

    mode: Literal["live", "timeline"] = "live"
    """`live`: events end when they are sent. `timeline`: at `start` and their recorded offset."""
    jitter_ms: Millis = 100.0
    """Each trace and log record gets a random delay of up to this many milliseconds."""
    backdate_ms: Millis = 0.0
    """All times are moved back by this many milliseconds."""
    start: AwareDatetime | None = None
    """When the timeline begins, as in RFC 3339 (`2026-01-31T09:00:00Z`); absent, with the run."""
    speed: PositiveNumber = 1.0
    """How many recorded seconds are sent in one second, where the recorded pace is followed."""

    @property
    def follows_timeline(self) -> bool:
        """Whether events keep their recorded offsets."""
        return self.mode == "timeline"

    @property
    def start_nanos(self) -> int | None:
        """The start in Unix nanoseconds; None for the start of the run."""
        if self.start is None:
            return None
        return (self.start - _EPOCH) // timedelta(microseconds=1) * 1000

    @property
    def jitter_nanos(self) -> int:
        """The jitter in nanoseconds."""
        return round(self.jitter_ms * _NANOS_PER_MS)

    @property
    def backdate_nanos(self) -> int:
        """The shift in nanoseconds."""
        return round(self.backdate_ms * _NANOS_PER_MS)

    @model_validator(mode="before")
    @classmethod
    def _without_jitter(cls, values: Any) -> Any:
        """Let nothing move the times of a timeline unless it is asked for, which is refused."""
        if isinstance(values, Mapping) and values.get("mode") == "timeline":
            return {"jitter_ms": 0.0, **values}
        return values

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.follows_timeline:
            useless = [name for name in LIVE_ONLY if getattr(self, name)]
        else:
            useless = [name for name in TIMELINE_ONLY if getattr(self, name) != _default(name)]
        if useless:
            problem = f"has no effect in the mode {self.mode!r}"
            raise MisplacedError((useless[0],), problem, "remove it, or choose the other mode")
        return self

    @model_validator(mode="after")
    def _on_the_wire(self) -> Self:
        """Refuse a start that Unix nanoseconds cannot say."""
        if self.start is not None and self.start < _EPOCH:
            raise MisplacedError(("start",), "is before 1970", "give a later one")
        if self.start is not None and self.start >= _END:
            raise MisplacedError(("start",), f"is after {_END.year - 1}", "give an earlier one")
        return self


def _default(name: str) -> Any:
    return TimestampsConfig.model_fields[name].default
