"""The search finds what an endpoint sustains, whatever that is, in few trials."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from telemetry_sender.search.strategy import Bounds, Phase, Strategy

_rates = st.floats(150, 5e6)


def _played(bounds: Bounds, capacity: float) -> tuple[float | None, list[tuple[Phase, float]]]:
    """Play a search against an endpoint that sustains rates up to `capacity`."""
    strategy, tried = Strategy(bounds), []
    while (asked := strategy.next()) is not None:
        tried.append(asked)
        strategy.tell(*asked, sustained=asked[1] <= capacity)
    return strategy.found, tried


@given(capacity=_rates, start=st.floats(100, 1e6), tolerance=st.floats(0.005, 0.2))
def test_the_answer_is_sustained_and_within_the_tolerance(
    capacity: float, start: float, tolerance: float
) -> None:
    bounds = Bounds(start, 100, 1e7, tolerance)
    found, tried = _played(bounds, capacity)
    assert found is not None
    assert found <= capacity <= found / (1 - tolerance) * (1 + 1e-9)
    assert len(tried) <= 2 * 17 + math.log2(1 / tolerance) + 3


@given(capacity=_rates, start=st.floats(100, 1e6))
def test_the_answer_was_confirmed_by_the_last_trial(capacity: float, start: float) -> None:
    found, tried = _played(Bounds(start, 100, 1e7, 0.02), capacity)
    assert tried[-1] == (Phase.CONFIRM, found)


def test_an_endpoint_without_a_limit_is_confirmed_at_the_highest_rate() -> None:
    found, tried = _played(Bounds(1000, 100, 50_000, 0.02), math.inf)
    assert found == 50_000
    assert tried[-2:] == [(Phase.GROW, 50_000), (Phase.CONFIRM, 50_000)]


def test_an_endpoint_that_sustains_nothing_ends_the_search_without_an_answer() -> None:
    found, tried = _played(Bounds(1000, 100, 50_000, 0.02), 0)
    assert found is None
    assert tried[-1] == (Phase.GROW, 100)


@given(weak=st.floats(0.5, 0.999), capacity=_rates)
def test_a_rate_that_is_not_confirmed_is_not_the_answer(weak: float, capacity: float) -> None:
    """An endpoint that holds out for a short trial only: the answer is what it confirms."""
    assume(capacity * weak > 300)
    strategy = Strategy(Bounds(1000, 100, 1e7, 0.02))
    while (asked := strategy.next()) is not None:
        phase, rate = asked
        bearable = capacity * weak if phase is Phase.CONFIRM else capacity
        strategy.tell(phase, rate, sustained=rate <= bearable)
    assert strategy.found is not None
    assert capacity * weak * 0.9 <= strategy.found <= capacity * weak


@pytest.mark.parametrize(
    "bounds", [(10, 100, 1000, 0.1), (100, 100, 50, 0.1), (100, 0, 500, 0.1), (100, 10, 500, 0)]
)
def test_bounds_out_of_order_are_refused(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="between"):
        Bounds(*bounds)
