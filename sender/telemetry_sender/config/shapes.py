"""Settings of load shapes: what rate is wanted when, kind by kind."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from telemetry_common.config import ConfigModel, MisplacedError
from telemetry_sender.config.base import Number, PositiveNumber, PositiveSeconds, Seconds

Rate = Annotated[Number, Field(ge=0)]
"""Events per second."""
Afterwards = Literal["hold", "repeat"]

_DAY_SECONDS = 86_400.0
_PEAK_OF_DAY = 14 / 24
# More of them than anyone writes by hand; the schedule searches them for every request.
_MAX_STAGES = 10_000


class _Shape(ConfigModel):
    model_config = ConfigDict(serialize_by_alias=True)


class ConstantShape(_Shape):
    """The same rate all the time."""

    kind: Literal["constant"] = "constant"
    """Says that the shape is constant."""
    rate: PositiveNumber
    """Events per second."""


class RampShape(_Shape):
    """From one rate to another in a straight line."""

    kind: Literal["ramp"] = "ramp"
    """Says that the shape is a ramp."""
    from_: Annotated[Rate, Field(alias="from")] = 0.0
    """Events per second at the start."""
    to: Rate
    """Events per second at the end."""
    over: PositiveSeconds
    """How long it takes."""
    then: Afterwards = "hold"
    """`hold` stays at the end's rate, `repeat` begins again."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.from_ and not self.to:
            raise MisplacedError(("to",), "from and to are both 0", "give one of them a rate")
        return self


class StepsShape(_Shape):
    """One rate after another, each for as long."""

    kind: Literal["steps"] = "steps"
    """Says that the shape has steps."""
    rates: Annotated[tuple[Rate, ...], Field(max_length=_MAX_STAGES)] = ()
    """Events per second of each step, in order; or give `from`, `to` and `by`."""
    from_: Annotated[Rate | None, Field(alias="from")] = None
    """Events per second of the first step."""
    to: Rate | None = None
    """Events per second of the last step, at most."""
    by: PositiveNumber | None = None
    """How far each step lies above the one before, or below it where `to` is below `from`."""
    each: PositiveSeconds
    """How long each step takes."""
    then: Afterwards = "hold"
    """`hold` stays at the last rate, `repeat` begins again."""

    @property
    def levels(self) -> tuple[float, ...]:
        """The rates of all steps, in order."""
        if self.from_ is None or self.to is None or self.by is None:
            return self.rates
        count = int(abs(self.to - self.from_) / self.by * (1 + 1e-12)) + 1
        up = self.by if self.to > self.from_ else -self.by
        return tuple(self.from_ + up * number for number in range(count))

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        given = [self.from_ is not None, self.to is not None, self.by is not None]
        if any(given) == bool(self.rates) or any(given) != all(given):
            problem = "needs either rates, or from, to and by"
            raise MisplacedError(("rates",), problem, "give one of the two")
        if self.by and abs((self.to or 0) - (self.from_ or 0)) / self.by >= _MAX_STAGES:
            raise MisplacedError(("by",), f"makes more than {_MAX_STAGES:,} steps", "raise it")
        if not any(self.levels):
            raise MisplacedError(("rates",), "every rate is 0", "give one above 0")
        return self


class Stage(ConfigModel):
    """A straight line from one rate to another."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: Annotated[Rate | None, Field(alias="from")] = None
    """Events per second at its start; when absent, where the stage before ended, at first 0."""
    to: Rate
    """Events per second at its end."""
    over: PositiveSeconds
    """How long it takes."""


class StagesShape(_Shape):
    """Straight lines one after another."""

    kind: Literal["stages"] = "stages"
    """Says that the shape is made of stages."""
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=_MAX_STAGES)]
    """The lines, in order."""
    then: Afterwards = "hold"
    """`hold` stays at the last rate, `repeat` begins again."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not any(stage.to or stage.from_ for stage in self.stages):
            raise MisplacedError(("stages",), "every rate is 0", "give one above 0")
        return self


class _Swinging(_Shape):
    low: Rate
    """Lowest events per second."""
    high: PositiveNumber
    """Highest events per second."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.high < self.low:
            raise MisplacedError(("high",), "is below low", "exchange the two")
        return self


class SineShape(_Swinging):
    """A sine wave that begins in the middle and rises."""

    kind: Literal["sine"] = "sine"
    """Says that the shape is a sine wave."""
    period: PositiveSeconds
    """How long a whole wave takes."""


class SquareShape(_Swinging):
    """Low and high in turns, each for half of the period; low first."""

    kind: Literal["square"] = "square"
    """Says that the shape is a square wave."""
    period: PositiveSeconds
    """How long low and high take together."""


class SawtoothShape(_Swinging):
    """Rises from low to high in a straight line, falls at once, and begins again."""

    kind: Literal["sawtooth"] = "sawtooth"
    """Says that the shape is a sawtooth."""
    period: PositiveSeconds
    """How long a tooth takes."""


class DiurnalShape(_Swinging):
    """A day: a long quiet night and a peak, smooth, over and over."""

    kind: Literal["diurnal"] = "diurnal"
    """Says that the shape is a day."""
    period: PositiveSeconds = _DAY_SECONDS
    """How long a day takes."""
    peak: Seconds | None = None
    """When in the day the highest rate is reached; the run begins at the day's start.

    When absent, 14/24 of the day: two in the afternoon.
    """

    @property
    def peak_seconds(self) -> float:
        """When the peak is, in seconds from the start of the day."""
        return self.period * _PEAK_OF_DAY if self.peak is None else self.peak


class RandomWalkShape(_Swinging):
    """Wanders between low and high, reflected at both."""

    kind: Literal["random_walk"] = "random_walk"
    """Says that the shape is a random walk."""
    period: PositiveSeconds
    """How long it takes to go from one end to the other, more or less."""
    step: PositiveSeconds = 1.0
    """How long it goes in one direction; the rate in between lies on a straight line."""
    seed: Annotated[int, Field(ge=0, strict=True)] | None = None
    """Decides the way; when absent, the run's seed does."""

    @model_validator(mode="after")
    def _steps_in_period(self) -> Self:
        if self.step > self.period:
            raise MisplacedError(("step",), "is above period", "lower it")
        return self


class _Raised(_Shape):
    base: Rate
    """Events per second most of the time."""
    peak: PositiveNumber
    """Events per second at the top."""

    @model_validator(mode="after")
    def _higher(self) -> Self:
        if self.peak < self.base:
            raise MisplacedError(("peak",), "is below base", "exchange the two")
        return self


class BurstShape(_Raised):
    """A base rate, with a burst at the end of every so many seconds."""

    kind: Literal["burst"] = "burst"
    """Says that the shape has bursts."""
    every: PositiveSeconds
    """From the start of one burst to that of the next."""
    for_: Annotated[PositiveSeconds, Field(alias="for")]
    """How long a burst takes."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.for_ >= self.every:
            raise MisplacedError(("for",), "is not below every", "make bursts shorter")
        return self


class SpikeShape(_Raised):
    """A base rate with a single spike."""

    kind: Literal["spike"] = "spike"
    """Says that the shape is a spike."""
    at: PositiveSeconds
    """When the spike begins."""
    rise: Seconds = 0.0
    """How long the rate takes to rise to the peak, and to fall again."""
    for_: Annotated[PositiveSeconds, Field(alias="for")]
    """How long it stays at the peak."""


ShapeConfig = (
    BurstShape
    | ConstantShape
    | DiurnalShape
    | RampShape
    | RandomWalkShape
    | SawtoothShape
    | SineShape
    | SpikeShape
    | SquareShape
    | StagesShape
    | StepsShape
)
