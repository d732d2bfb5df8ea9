"""The random streams: the published generator, the right ranges, independence of each other."""

from statistics import fmean, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_generator.keyed import Stream, below, id_key, words


def test_words_are_splitmix64() -> None:
    """The first outputs for seed 1234567, as published for SplitMix64 by Rosetta Code."""
    assert words(1234567, 3).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


def test_a_stream_can_be_entered_anywhere() -> None:
    assert words(42, 10).tolist()[4:] == words(42, 6, first=4).tolist()


def test_equal_names_give_equal_streams_and_others_do_not() -> None:
    first = [Stream(1, "trace", 7).bits() for _ in range(2)]
    assert first[0] == first[1]
    others = {
        Stream(2, "trace", 7).bits(),
        Stream(1, "trace", 8).bits(),
        Stream(1, "log", 7).bits(),
    }
    assert len({first[0], *others}) == 4


@given(st.integers(0, 2**32), st.integers(1, 2**31))
def test_draws_stay_below_their_limit(seed: int, limit: int) -> None:
    stream = Stream(seed, "limit")
    assert all(0 <= stream.below(limit) < limit for _ in range(20))
    assert int(below(words(seed, 20), limit).max()) < limit


def test_normal_draws_have_the_mean_and_deviation_asked_for() -> None:
    stream = Stream(3, "normal")
    drawn = [stream.normal(15, 5) for _ in range(4000)]
    assert fmean(drawn) == pytest.approx(15, abs=0.3)
    assert stdev(drawn) == pytest.approx(5, abs=0.3)


def test_chance_happens_as_often_as_it_says() -> None:
    stream = Stream(4, "chance")
    assert sum(stream.chance(30) for _ in range(10_000)) == pytest.approx(3000, abs=200)


def test_shuffling_keeps_every_item() -> None:
    items = list(range(50))
    shuffled = Stream(5, "shuffle").shuffled(items)
    assert shuffled != items
    assert sorted(shuffled) == items


def test_id_keys_leave_room_for_every_counter() -> None:
    """A key below 2^63 plus a counter below 2^62 neither wraps nor reaches the invalid id 0."""
    keys = [id_key(seed, "span-id") for seed in range(50)]
    assert all(2**62 <= key < 2**63 for key in keys)
    assert len(set(keys)) == 50


def test_all_streams_are_unsigned_words() -> None:
    assert words(2**64 - 1, 4).dtype == np.uint64
