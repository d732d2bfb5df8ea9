"""The shapes that have names, and what besides the rate goes with each of them."""

import difflib
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Tag

from telemetry_common.signals import Signal
from telemetry_sender.config.shapes import (
    BurstShape,
    ConstantShape,
    DiurnalShape,
    RampShape,
    RandomWalkShape,
    SawtoothShape,
    ShapeConfig,
    SineShape,
    SpikeShape,
    SquareShape,
    StagesShape,
    StepsShape,
)

_MINUTE = 60.0
_HOUR = 3600.0
# About as many data points or log records stand beside a trace.
_EVENTS_BESIDE_A_TRACE = 10


@dataclass(frozen=True, slots=True)
class NamedShape:
    """A load that people ask for by name."""

    name: str
    description: str
    shape: ShapeConfig
    duration_seconds: float
    batch: int | None = None
    """Events in a request; None leaves batches as they are."""
    workers: int | None = None
    """Requests in flight; None leaves them as they are."""

    def settings(self) -> dict[str, Any]:
        """Return what it sets under `sending`, beside the rate."""
        found: dict[str, Any] = {"duration": self.duration_seconds, "multiplier": 0}
        if self.workers is not None:
            found["concurrency"] = self.workers
        if self.batch is not None:
            found["batch_size"] = _batch_sizes(self.batch)
        return found


def _batch_sizes(events: int) -> dict[str, int]:
    traces = max(1, events // _EVENTS_BESIDE_A_TRACE)
    return {str(signal): traces if signal is Signal.TRACES else events for signal in Signal}


def _burst(base: float, peak: float, *, seconds: float, every: float) -> BurstShape:
    return BurstShape.model_validate({"base": base, "peak": peak, "for": seconds, "every": every})


_ALL = (
    NamedShape(
        "low", "Development and trying out", ConstantShape(rate=100), _MINUTE, batch=10, workers=1
    ),
    NamedShape(
        "medium",
        "Integration tests",
        ConstantShape(rate=1_000),
        5 * _MINUTE,
        batch=100,
        workers=2,
    ),
    NamedShape(
        "high",
        "Performance tests",
        ConstantShape(rate=10_000),
        10 * _MINUTE,
        batch=1_000,
        workers=4,
    ),
    NamedShape(
        "stress",
        "As much load as a system should bear",
        ConstantShape(rate=50_000),
        30 * _MINUTE,
        batch=5_000,
        workers=8,
    ),
    NamedShape(
        "burst",
        "Quiet, with a burst of 10 seconds every minute",
        _burst(100, 5_000, seconds=10, every=60),
        10 * _MINUTE,
    ),
    NamedShape(
        "realistic",
        "A wave of five minutes, like traffic that comes and goes",
        SineShape(low=500, high=3_500, period=5 * _MINUTE),
        _HOUR,
    ),
    NamedShape(
        "endurance",
        "A moderate load for a day: leaks and drift",
        ConstantShape(rate=500),
        24 * _HOUR,
        batch=50,
        workers=2,
    ),
    NamedShape(
        "spike",
        "Quiet, with 30 seconds of 200 times the load every five minutes",
        _burst(100, 20_000, seconds=30, every=5 * _MINUTE),
        15 * _MINUTE,
    ),
    NamedShape(
        "ramp",
        "One gradual rise to a hundred times the load",
        RampShape.model_validate({"from": 100, "to": 10_000, "over": 20 * _MINUTE}),
        20 * _MINUTE,
    ),
    NamedShape(
        "chaos",
        "A random walk over a wide range",
        RandomWalkShape(low=100, high=15_000, period=_MINUTE),
        30 * _MINUTE,
    ),
)

NAMED_SHAPES = {shape.name: shape for shape in _ALL}
"""The named shapes in order of their documentation."""


def _known_name(name: str) -> str:
    if name not in NAMED_SHAPES:
        close = difflib.get_close_matches(name, NAMED_SHAPES, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(NAMED_SHAPES)}"
        raise ValueError(f"no shape has this name; {hint}")
    return name


def _kind(value: Any) -> str | None:
    """Return the tag of the alternative that a value is meant for."""
    if isinstance(value, dict):
        kind = value.get("kind")
        return kind if isinstance(kind, str) else None
    return getattr(value, "kind", "name")


ShapeSetting = Annotated[
    Annotated[str, AfterValidator(_known_name), Tag("name")]
    | Annotated[BurstShape, Tag("burst")]
    | Annotated[ConstantShape, Tag("constant")]
    | Annotated[DiurnalShape, Tag("diurnal")]
    | Annotated[RampShape, Tag("ramp")]
    | Annotated[RandomWalkShape, Tag("random_walk")]
    | Annotated[SawtoothShape, Tag("sawtooth")]
    | Annotated[SineShape, Tag("sine")]
    | Annotated[SpikeShape, Tag("spike")]
    | Annotated[SquareShape, Tag("square")]
    | Annotated[StagesShape, Tag("stages")]
    | Annotated[StepsShape, Tag("steps")],
    Discriminator(
        _kind,
        custom_error_type="shape_kind",
        custom_error_message="kind is missing or not one of burst, constant, diurnal, ramp, "
        "random_walk, sawtooth, sine, spike, square, stages and steps",
    ),
]
"""A named shape, or one that is described."""


def described(setting: ShapeSetting) -> ShapeConfig:
    """Return the description of a shape, also of a named one."""
    return NAMED_SHAPES[setting].shape if isinstance(setting, str) else setting
