"""Every load shape: its integral, its inverse, its bounds, and that it goes where it says."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from telemetry_sender.config.sending import SendingConfig
from telemetry_sender.pace.kinds import load_of
from telemetry_sender.pace.lines import Line, LinesLoad
from telemetry_sender.pace.random_walk import RandomWalkLoad
from telemetry_sender.pace.shape import ConstantLoad, LoadShape, ScaledLoad

DESCRIPTIONS: dict[str, dict[str, Any]] = {
    "constant": {"kind": "constant", "rate": 250},
    "ramp": {"kind": "ramp", "from": 10, "to": 4000, "over": "20m"},
    "ramp down": {"kind": "ramp", "from": 4000, "to": 1, "over": 300},
    "ramp again": {"kind": "ramp", "from": 0, "to": 500, "over": "1m", "then": "repeat"},
    "steps": {"kind": "steps", "from": 100, "to": 1000, "by": 300, "each": "1m"},
    "steps down": {"kind": "steps", "from": 500, "to": 100, "by": 200, "each": "10s"},
    "steps given": {"kind": "steps", "rates": [50, 0, 700], "each": 90, "then": "repeat"},
    "stages": {
        "kind": "stages", "then": "repeat",
        "stages": [
            {"to": 100, "over": 30}, {"to": 100, "over": 120}, {"from": 9, "to": 0, "over": 9},
        ],
    },
    "sine": {"kind": "sine", "low": 500, "high": 3500, "period": "5m"},
    "sine to nothing": {"kind": "sine", "low": 0, "high": 100, "period": 60},
    "square": {"kind": "square", "low": 0, "high": 900, "period": "1m"},
    "burst": {"kind": "burst", "base": 100, "peak": 5000, "every": 60, "for": 10},
    "spike": {"kind": "spike", "base": 10, "peak": 9000, "at": 200, "rise": 5, "for": 20},
    "sawtooth": {"kind": "sawtooth", "low": 10, "high": 100, "period": 45},
    "random_walk": {"kind": "random_walk", "low": 100, "high": 15_000, "period": 60},
    "diurnal": {"kind": "diurnal", "low": 20, "high": 2000, "period": "30m"},
}  # fmt: skip
each_load = pytest.mark.parametrize("name", DESCRIPTIONS)


def load(name: str, seed: int = 3) -> LoadShape:
    sending = SendingConfig.model_validate({"shape": DESCRIPTIONS[name]})
    assert sending.shape is not None
    assert not isinstance(sending.shape, str)
    return load_of(sending.shape, seed=seed)


@each_load
def test_events_are_the_integral_of_the_rate(name: str) -> None:
    """Against the midpoint rule at every hundredth of a second, over half an hour."""
    shape, step = load(name), 0.01
    middles = (np.arange(180_000) + 0.5) * step
    summed = np.cumsum([shape.rate(each) * step for each in middles.tolist()])
    for seconds in range(60, 1801, 60):
        counted = summed[seconds * 100 - 1]
        assert shape.events(seconds) == pytest.approx(counted, rel=1e-4, abs=shape.highest * step)


@settings(max_examples=40, deadline=None)
@each_load
@given(elapsed=st.floats(0, 100_000))
@example(elapsed=30.0)
def test_a_moment_comes_back_from_its_events(name: str, elapsed: float) -> None:
    """To a millionth, where the rate is not so low that an event takes longer than that.

    When a rate begins, the moment of its first event may be as long ago as the rate was 0.
    """
    shape = load(name)
    events = shape.events(elapsed)
    when = shape.when(events)
    assert when <= elapsed * (1 + 1e-9) + 1e-6
    assert shape.events(when) == pytest.approx(events, rel=1e-9, abs=1e-5)
    just_before = max(0.0, elapsed - 1e-6)
    if min(shape.rate(just_before), shape.rate(elapsed)) > shape.highest / 100:
        assert when == pytest.approx(elapsed, rel=1e-6, abs=1e-5)


@settings(max_examples=40, deadline=None)
@each_load
@given(first=st.floats(0, 50_000), later=st.floats(0, 5_000))
def test_events_never_go_back_and_rates_keep_their_bounds(
    name: str, first: float, later: float
) -> None:
    shape = load(name)
    events = [shape.events(first), shape.events(first + later)]
    assert 0 <= events[0] <= events[1] + 1e-6
    most = shape.highest * later * (1 + 1e-9) + 1e-5
    assert shape.lowest * later * (1 - 1e-9) - 1e-5 <= events[1] - events[0] <= most
    assert shape.lowest * (1 - 1e-9) - 1e-9 <= shape.rate(first) <= shape.highest * (1 + 1e-9)


@each_load
def test_nothing_is_wanted_at_the_start_and_everything_in_the_end(name: str) -> None:
    shape = load(name)
    assert shape.events(0.0) == 0
    assert shape.when(0.0) == 0
    assert shape.events(math.inf) == math.inf


@each_load
def test_the_bounds_are_reached(name: str) -> None:
    shape = load(name)
    rates = [shape.rate(number / 4) for number in range(4 * 7200)]
    width = shape.highest - shape.lowest
    assert max(rates) >= shape.highest - 0.02 * width
    assert min(rates) <= shape.lowest + 0.02 * width


@pytest.mark.parametrize(
    ("name", "elapsed", "rate"),
    [
        ("ramp", 0, 10), ("ramp", 600, 2005), ("ramp", 1200, 4000), ("ramp", 9999, 4000),
        ("ramp again", 30, 250), ("ramp again", 90, 250),
        ("steps", 59.9, 100), ("steps", 60, 400), ("steps", 1e6, 1000),
        ("steps down", 11, 300), ("steps down", 21, 100),
        ("steps given", 100, 0), ("steps given", 200, 700), ("steps given", 271, 50),
        ("stages", 15, 50), ("stages", 60, 100), ("stages", 150, 9), ("stages", 174, 50),
        ("sine", 0, 2000), ("sine", 75, 3500), ("sine", 225, 500), ("sine", 375, 3500),
        ("square", 29, 0), ("square", 31, 900), ("square", 61, 0),
        ("burst", 49, 100), ("burst", 51, 5000), ("burst", 61, 100), ("burst", 111, 5000),
        ("spike", 199, 10), ("spike", 206, 9000), ("spike", 224, 9000), ("spike", 231, 10),
        ("sawtooth", 22.5, 55), ("sawtooth", 44.999, 100), ("sawtooth", 67.5, 55),
        ("diurnal", 1050, 2000), ("diurnal", 150, 20), ("diurnal", 2850, 2000),
    ],
)  # fmt: skip
def test_a_shape_has_its_rate_when_it_should(name: str, elapsed: float, rate: float) -> None:
    assert load(name).rate(elapsed) == pytest.approx(rate, rel=1e-4)


def test_a_time_without_load_is_skipped() -> None:
    """The first event of a square wave that begins with nothing is due in its second half."""
    shape = load("square")
    assert shape.when(1) == pytest.approx(30 + 1 / 900)
    assert shape.when(900 * 30) == pytest.approx(60)
    assert shape.when(900 * 30 + 1) == pytest.approx(90 + 1 / 900)


def test_a_load_that_ends_never_comes_to_more() -> None:
    ending = LinesLoad.of([Line(10, 100, 0)])
    assert ending.events(math.inf) == 500
    assert ending.when(500) == pytest.approx(10)
    assert ending.when(500.001) == math.inf


def test_a_day_has_a_long_night() -> None:
    """More than half of it lies below the middle between night and peak."""
    day = load("diurnal")
    rates = np.array([day.rate(second) for second in range(1800)])
    assert np.mean(rates < (20 + 2000) / 2) > 0.6


def test_a_random_walk_uses_its_whole_range() -> None:
    """Each tenth of it about as long as the others, over a day."""
    walk = load("random_walk")
    rates = np.array([walk.rate(second) for second in range(86_400)])
    tenths, _ = np.histogram(rates, bins=10, range=(100, 15_000))
    assert tenths.min() > 0.7 * 8640
    assert tenths.max() < 1.3 * 8640


def test_a_random_walk_goes_in_small_steps() -> None:
    walk = load("random_walk")
    rates = np.array([walk.rate(second) for second in range(86_400)])
    steps = np.abs(np.diff(rates))
    assert steps.max() <= math.sqrt(12 / 60) / 2 * 14_900 * (1 + 1e-9)
    assert np.sqrt(np.mean(steps**2)) == pytest.approx(14_900 / math.sqrt(60), rel=0.1)


def test_a_random_walk_is_decided_by_its_seed_alone() -> None:
    """Wherever it is asked first, and differently for another seed."""

    def walk(seed: int) -> RandomWalkLoad:
        return RandomWalkLoad(10, 20, period=60, step=1, seed=seed)

    forwards, backwards = walk(1), walk(1)
    later = backwards.events(5000)
    assert [forwards.rate(each) for each in range(0, 5000, 7)] == [
        backwards.rate(each) for each in range(0, 5000, 7)
    ]
    assert forwards.events(5000) == later
    assert walk(2).events(5000) != later


def test_a_share_of_a_load_is_that_part_of_it_at_every_moment() -> None:
    whole, part = load("burst"), ScaledLoad(load("burst"), 0.25)
    for elapsed in (3.0, 55.0, 70.0):
        assert part.rate(elapsed) == whole.rate(elapsed) / 4
        assert part.events(elapsed) == whole.events(elapsed) / 4
    assert part.when(500) == whole.when(2000)
    assert (part.lowest, part.highest) == (25, 1250)


@pytest.mark.parametrize("factor", [0.0, -1.0, math.inf])
def test_a_share_is_positive(factor: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        ScaledLoad(ConstantLoad(1), factor)
