"""Ids are a bijection of counters: unique, repeatable, and they can be turned back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.ids import RunKeys, derive_key, mix64, mix64_int, unmix64

GOLDEN = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
U64S = st.integers(min_value=0, max_value=MASK)
SEEDS = st.integers(min_value=0, max_value=MASK)

# The first outputs of SplitMix64 for the seed 1234567, as published with the reference code.
PUBLISHED = [
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
]


def test_mix64_is_the_published_finalizer() -> None:
    states = [(1234567 + k * GOLDEN) & MASK for k in range(1, 6)]
    assert mix64(np.array(states, dtype=np.uint64)).tolist() == PUBLISHED
    assert [mix64_int(state) for state in states] == PUBLISHED


@given(st.lists(U64S, max_size=50))
def test_unmix64_turns_every_value_back(values: list[int]) -> None:
    array = np.array(values, dtype=np.uint64)
    assert unmix64(mix64(array)).tolist() == values
    assert mix64(unmix64(array)).tolist() == values


@given(st.lists(U64S, max_size=50))
def test_arrays_and_integers_mix_alike_and_arguments_stay(values: list[int]) -> None:
    array = np.array(values, dtype=np.uint64)
    assert mix64(array).tolist() == [mix64_int(value) for value in values]
    assert array.tolist() == values


@given(st.integers(min_value=-(1 << 70), max_value=1 << 70))
def test_integers_count_modulo_2_to_the_64(value: int) -> None:
    assert mix64_int(value) == mix64_int(value % (1 << 64))


@given(seed=SEEDS, start=st.integers(min_value=0, max_value=(1 << 62) - 5000))
def test_a_run_never_repeats_an_id_nor_sends_the_invalid_zero(seed: int, start: int) -> None:
    keys = RunKeys.from_seed(seed)
    counters = np.arange(start, start + 5000, dtype=np.uint64)
    ids = mix64(counters + np.uint64(keys.span))
    assert len(np.unique(ids)) == len(ids)
    assert ids.all()
    assert (unmix64(ids) - np.uint64(keys.span)).tolist() == counters.tolist()


@given(SEEDS)
def test_all_keys_of_a_run_differ_and_leave_room_for_counters(seed: int) -> None:
    keys = RunKeys.from_seed(seed)
    values = [keys.span, keys.trace_high, keys.trace_low, keys.foreign, keys.jitter]
    assert len(set(values)) == len(values)
    assert all(1 << 62 <= value < 1 << 63 for value in values)


@given(SEEDS, SEEDS)
def test_runs_share_keys_only_with_the_same_seed(one: int, other: int) -> None:
    assert (RunKeys.from_seed(one) == RunKeys.from_seed(other)) == (one == other)


NAMES = st.lists(st.text(max_size=20) | U64S, max_size=4).map(tuple)


@given(seed=SEEDS, one=NAMES, other=NAMES)
def test_keys_differ_exactly_when_their_names_do(
    seed: int, one: tuple[str | int, ...], other: tuple[str | int, ...]
) -> None:
    assert (derive_key(seed, *one) == derive_key(seed, *other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        (("a",), ("a", "")),
        (("12345678", ""), ("12345678",)),
        (("1",), (1,)),
        (("\0",), ("",)),
        ((1, 2), (2, 1)),
    ],
)
def test_names_that_look_alike_have_their_own_keys(
    one: tuple[str | int, ...], other: tuple[str | int, ...]
) -> None:
    assert derive_key(7, *one) != derive_key(7, *other)


def test_keys_are_the_same_on_every_machine() -> None:
    """Changing this value changes every template and every id that a seed ever gave."""
    assert derive_key(42, "trace", 7) == 10809454064853384763
