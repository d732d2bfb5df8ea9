"""Sharing out: evenly, exactly, and so that growth disturbs nobody."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from telemetry_generator.metrics.dimensions import permuted
from telemetry_generator.metrics.spread import spread

_CAPACITIES = st.lists(st.integers(1, 40), min_size=1, max_size=12)


def _shares(count: int, capacities: list[int]) -> list[int]:
    order = np.arange(len(capacities))[::-1]
    shares: list[int] = spread(count, np.array(capacities), order).tolist()
    return shares


@given(st.integers(1, 2000), _CAPACITIES)
@example(27, [3, 3, 9, 9])  # the level is what the smallest have, and something is left over
def test_shares_sum_to_the_count(count: int, capacities: list[int]) -> None:
    assert sum(_shares(count, capacities)) == count


@given(st.integers(1, 2000), _CAPACITIES)
def test_all_are_used_up_before_any_is_used_again(count: int, capacities: list[int]) -> None:
    rounds = count // sum(capacities)
    for share, most in zip(_shares(count, capacities), capacities, strict=True):
        assert rounds * most <= share <= (rounds + 1) * most


@given(st.integers(1, 200), _CAPACITIES)
def test_those_with_room_left_differ_by_one_at_most(count: int, capacities: list[int]) -> None:
    if count <= sum(capacities):
        shares = _shares(count, capacities)
        for share, most in zip(shares, capacities, strict=True):
            assert share == most or share >= max(shares) - 1


@given(st.integers(1, 2000), st.integers(1, 100), _CAPACITIES)
def test_a_larger_count_takes_from_nobody(count: int, more: int, capacities: list[int]) -> None:
    before, after = _shares(count, capacities), _shares(count + more, capacities)
    assert all(old <= new for old, new in zip(before, after, strict=True))


@given(st.integers(1, 2000), _CAPACITIES, st.integers(1, 40))
def test_one_more_emitter_gives_to_nobody(count: int, capacities: list[int], newcomer: int) -> None:
    before, after = _shares(count, capacities), _shares(count, [*capacities, newcomer])
    assert all(old >= new for old, new in zip(before, after, strict=False))


@given(st.integers(1, 3000), st.integers(0, (1 << 64) - 1))
def test_a_permutation_meets_every_number_once(count: int, key: int) -> None:
    mixed = permuted(np.arange(count), np.full(count, count), np.full(count, key, np.uint64))
    assert sorted(mixed.tolist()) == list(range(count))


def test_a_permutation_survives_a_count_that_its_steps_divide() -> None:
    count = 104_729
    for key in range(8):
        mixed = permuted(np.arange(count), np.full(count, count), np.full(count, key, np.uint64))
        assert len(np.unique(mixed)) == count
