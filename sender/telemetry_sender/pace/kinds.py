"""Makes the load that a description of a shape asks for, kind by kind."""

from collections.abc import Iterable, Iterator

from telemetry_sender.config.shapes import (
    Afterwards,
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
    Stage,
    StagesShape,
    StepsShape,
)
from telemetry_sender.pace.lines import Line, LinesLoad
from telemetry_sender.pace.random_walk import RandomWalkLoad
from telemetry_sender.pace.repeated import RepeatedLoad
from telemetry_sender.pace.shape import ConstantLoad, LoadShape
from telemetry_sender.pace.wave import WaveLoad

RepeatingShape = SquareShape | SawtoothShape | BurstShape
CourseShape = RampShape | StepsShape | StagesShape | SpikeShape


def load_of(shape: ShapeConfig, *, seed: int) -> LoadShape:
    """Return the load of a shape; `seed` decides what is random and has no seed of its own."""
    match shape:
        case ConstantShape():
            return ConstantLoad(shape.rate)
        case SineShape():
            return RepeatedLoad(WaveLoad.sine(shape.low, shape.high, shape.period), shape.period)
        case DiurnalShape():
            day = WaveLoad.day(shape.low, shape.high, shape.period, shape.peak_seconds)
            return RepeatedLoad(day, shape.period)
        case RandomWalkShape():
            return _random_walk(shape, seed)
        case _:
            return _of_lines(shape)


def _random_walk(shape: RandomWalkShape, seed: int) -> RandomWalkLoad:
    chosen = seed if shape.seed is None else shape.seed
    return RandomWalkLoad(shape.low, shape.high, period=shape.period, step=shape.step, seed=chosen)


def _of_lines(shape: RepeatingShape | CourseShape) -> LoadShape:
    match shape:
        case RampShape() | StepsShape() | StagesShape():
            return _lines(_course(shape), shape.then)
        case SpikeShape():
            return _lines(_spike(shape), "hold")
        case _:
            return _lines(_period(shape), "repeat")


def _course(shape: RampShape | StepsShape | StagesShape) -> Iterable[Line]:
    match shape:
        case RampShape():
            return [Line(shape.over, shape.from_, shape.to)]
        case StepsShape():
            return [_level(shape.each, rate) for rate in shape.levels]
        case StagesShape():
            return _stages(shape.stages)


def _period(shape: RepeatingShape) -> Iterable[Line]:
    match shape:
        case SquareShape():
            half = shape.period / 2
            return [_level(half, shape.low), _level(half, shape.high)]
        case SawtoothShape():
            return [Line(shape.period, shape.low, shape.high)]
        case BurstShape():
            quiet = _level(shape.every - shape.for_, shape.base)
            return [quiet, _level(shape.for_, shape.peak)]


def _lines(lines: Iterable[Line], then: Afterwards) -> LoadShape:
    once = LinesLoad.of(lines)
    return RepeatedLoad(once, once.seconds) if then == "repeat" else once


def _level(seconds: float, rate: float) -> Line:
    return Line(seconds, rate, rate)


def _stages(stages: Iterable[Stage]) -> Iterator[Line]:
    before = 0.0
    for stage in stages:
        yield Line(stage.over, before if stage.from_ is None else stage.from_, stage.to)
        before = stage.to


def _spike(shape: SpikeShape) -> Iterator[Line]:
    yield _level(shape.at, shape.base)
    if shape.rise:
        yield Line(shape.rise, shape.base, shape.peak)
    yield _level(shape.for_, shape.peak)
    if shape.rise:
        yield Line(shape.rise, shape.peak, shape.base)
    yield _level(shape.at, shape.base)
