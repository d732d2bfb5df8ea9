"""Draws for whole columns: each depends on its entity alone, and follows its distribution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_generator.draws import (
    Weights,
    below,
    below_wide,
    chance,
    child_keys,
    draw,
    entity_keys,
    lognormal_millionths,
    normal_millionths,
)

U64 = st.integers(0, (1 << 64) - 1)
MANY = 200_000


def many(purpose: int = 0) -> np.ndarray:
    return draw(entity_keys(1, "test", np.arange(MANY)), purpose)


def test_a_key_depends_on_its_entity_alone() -> None:
    few, more = (entity_keys(7, "trace", np.arange(count)) for count in (10, 1000))
    assert (few == more[:10]).all()
    assert (entity_keys(7, "trace", np.array([3])) == more[3]).all()


def test_seeds_kinds_purposes_and_children_are_unrelated() -> None:
    keys = entity_keys(7, "trace", np.arange(100))
    families = [
        keys,
        entity_keys(8, "trace", np.arange(100)),
        entity_keys(7, "span", np.arange(100)),
        draw(keys, 0),
        draw(keys, 1),
        child_keys(keys, 0),
        child_keys(keys, np.arange(1, 101)),
    ]
    assert len(set(np.concatenate(families).tolist())) == 700


def test_values_are_the_same_in_every_version() -> None:
    keys = entity_keys(42, "trace", np.arange(3))
    assert draw(keys, 5).tolist() == [
        11684456602726983059,
        14888356872341431767,
        10156449882015409907,
    ]


@given(st.lists(st.tuples(U64, st.integers(1, (1 << 32) - 1)), min_size=1))
def test_below_stays_below_its_limit(pairs: list[tuple[int, int]]) -> None:
    draws = np.array([bits for bits, _ in pairs], np.uint64)
    limits = np.array([limit for _, limit in pairs], np.int64)
    expected = [(bits >> 32) * limit >> 32 for bits, limit in pairs]
    assert below(draws, limits).tolist() == expected


@given(st.lists(st.tuples(U64, st.integers(1, 1 << 62)), min_size=1))
def test_below_wide_takes_limits_of_years_in_nanoseconds(pairs: list[tuple[int, int]]) -> None:
    draws = np.array([bits for bits, _ in pairs], np.uint64)
    limits = np.array([limit for _, limit in pairs], np.int64)
    expected = [(bits >> 32) * limit >> 32 for bits, limit in pairs]
    assert below_wide(draws, limits).tolist() == expected


@pytest.mark.parametrize("per_million", [0, 8_000, 500_000, 1_000_000])
def test_chance_meets_its_probability(per_million: int) -> None:
    expected = MANY * per_million / 1e6
    deviation = (expected * (1 - per_million / 1e6)) ** 0.5
    assert abs(chance(many(), per_million).sum() - expected) <= 4 * deviation


def test_weights_are_met_and_zero_is_never_picked() -> None:
    counts = np.bincount(Weights.of([1, 0, 3]).pick(many()), minlength=3)
    assert counts[1] == 0
    assert counts[2] / counts[0] == pytest.approx(3, rel=0.05)


def test_normal_variates_have_mean_0_and_deviation_1() -> None:
    variates = normal_millionths(many()) / 1e6
    assert abs(variates.mean()) < 0.01
    assert variates.std() == pytest.approx(1, abs=0.01)
    assert np.quantile(variates, 0.99) == pytest.approx(2.326, abs=0.03)


@pytest.mark.parametrize("sigma", [0, 300, 700, 1500])
def test_lognormal_variates_have_median_1_and_their_sigma(sigma: int) -> None:
    variates = lognormal_millionths(many(), sigma) / 1e6
    assert np.median(variates) == pytest.approx(1, abs=0.02)
    assert np.quantile(variates, 0.99) == pytest.approx(np.exp(2.326 * sigma / 1000), rel=0.06)
