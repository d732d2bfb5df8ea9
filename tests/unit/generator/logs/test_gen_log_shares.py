"""Shares of records: exact at every size, and the same records first in a larger set."""

from itertools import accumulate, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemetry_generator.logs.apportion import BLOCK, apportion, spread_evenly
from telemetry_generator.logs.numbering import Numbering

per_mille = st.lists(st.integers(0, 1000), max_size=5).map(
    lambda cuts: [b - a for a, b in pairwise([0, *sorted(cuts), 1000])]
)


@given(per_mille)
def test_a_block_has_every_share_exactly(shares: list[int]) -> None:
    counts = np.bincount(apportion(shares), minlength=len(shares))
    assert counts.tolist() == shares


@given(per_mille)
def test_at_any_count_each_share_is_less_than_one_record_off(shares: list[int]) -> None:
    order = apportion(shares)
    turns = np.arange(1, BLOCK + 1)
    for at, share in enumerate(shares):
        given_so_far = np.cumsum(order == at)
        assert (abs(given_so_far * BLOCK - turns * share) < BLOCK).all()


@given(st.integers(0, 1000), st.integers(0, 3000))
def test_an_even_share_is_less_than_one_item_off(share: int, count: int) -> None:
    chosen = int(spread_evenly(np.arange(count), share).sum())
    assert abs(chosen - count * share / 1000) < 1


@given(per_mille, st.integers(0, 5000), st.integers(1, 2500))
def test_ranks_count_the_records_of_each_type(shares: list[int], first: int, count: int) -> None:
    numbering = Numbering.of(0, shares)
    before = [len(records.number) for records in numbering.records(0, first)]
    for records, start in zip(numbering.records(first, count), before, strict=True):
        assert records.rank.tolist() == list(range(start, start + len(records.number)))


@given(per_mille, st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_records_are_the_same_however_they_are_cut(shares: list[int], sizes: list[int]) -> None:
    numbering = Numbering.of(0, shares)
    whole = numbering.records(0, sum(sizes))
    starts = [0, *accumulate(sizes)][:-1]
    pieces = [numbering.records(start, size) for start, size in zip(starts, sizes, strict=True)]
    for at, records in enumerate(whole):
        for column in range(len(records)):
            joined = np.concatenate([piece[at][column] for piece in pieces])
            assert np.array_equal(joined, records[column])
