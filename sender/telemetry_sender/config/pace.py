"""Settings of how fast to send."""

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from telemetry_common.config import ConfigModel, MisplacedError
from telemetry_common.signals import Signal
from telemetry_sender.config.base import Number, PositiveNumber, PositiveSeconds

ADAPTIVE = "adaptive"


def _kind_of_rate(value: Any) -> str:
    return "word" if value == ADAPTIVE else "none" if value is None else "number"


RateSetting = Annotated[
    Annotated[Number, Tag("number")]
    | Annotated[Literal["adaptive"], Tag("word")]
    | Annotated[None, Tag("none")],
    Discriminator(_kind_of_rate),
]


class AdaptiveConfig(ConfigModel):
    """How a rate that adapts itself follows the endpoint; see docs/shapes.md."""

    start: PositiveNumber = 1_000.0
    """Events per second to begin with."""
    lowest: PositiveNumber = 10.0
    """Events per second that it never goes below."""
    highest: PositiveNumber = 1_000_000.0
    """Events per second that it never goes above."""
    target_response: PositiveSeconds = 0.2
    """Response time to keep, in seconds."""
    percentile: Annotated[Number, Field(gt=0, lt=1)] = 0.95
    """Which part of the requests has to keep it."""
    increase: Annotated[Number, Field(gt=0, le=1)] = 0.05
    """How much of itself the rate may gain in an interval, at most."""
    decrease: Annotated[Number, Field(gt=0, lt=1)] = 0.2
    """How much of itself the rate loses in an interval, at most."""
    interval: PositiveSeconds = 1.0
    """How often the rate changes, in seconds."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.lowest <= self.start <= self.highest:
            raise MisplacedError(("start",), "is not between lowest and highest")
        return self


class RateLimitConfig(ConfigModel):
    """How fast to send."""

    events_per_second: RateSetting = 10_000.0
    """Events of all signals together; zero or less disables pacing.

    `adaptive` follows what the endpoint bears. It beats a named `sending.shape`; `null` leaves the
    rate to the shape, or to the recorded times.
    """
    signals: dict[Signal, Number] = Field(default_factory=dict)
    """Rates of their own for some signals; zero or less disables their pacing.

    The others share `events_per_second`.
    """
    burst_seconds: Annotated[Number, Field(gt=0)] = 2.0
    """How much unused time the pacer keeps; a later burst spends it."""
    arrivals: Literal["even", "poisson"] = "even"
    """How requests are spread: `even`, or `poisson` with exponential gaps of the same mean."""
    adaptive: AdaptiveConfig = AdaptiveConfig()

    @property
    def intended(self) -> float | None:
        """The one rate of all signals in events per second; None when there is none."""
        rate = self.events_per_second
        if self.signals or not isinstance(rate, int | float) or rate <= 0:
            return None
        return rate
