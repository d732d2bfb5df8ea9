"""The set of seen counters behaves like a set, whatever the order and the batches."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.ids import U64
from telemetry_sender.receiver.seen_counters import PAGE, SeenCounters

# Around page borders, where mistakes would be.
_COUNTERS = st.integers(0, 40) | st.integers(PAGE - 20, PAGE + 20) | st.integers(0, 4 * PAGE)
_BATCHES = st.lists(st.lists(_COUNTERS, max_size=30), max_size=8)


def _array(counters: list[int]) -> U64:
    return np.array(counters, dtype=np.uint64)


@given(_BATCHES)
def test_counts_every_counter_once_and_returns_every_repeat(batches: list[list[int]]) -> None:
    seen, model = SeenCounters(), set[int]()
    for batch in batches:
        again = seen.add(_array(batch))
        repeats = len(batch) - len(set(batch) - model)
        assert len(again) == repeats
        assert set(again.tolist()) <= model | set(batch)
        model |= set(batch)
    assert seen.unique == len(model)
    assert seen.highest == max(model, default=-1)


@given(_BATCHES, st.integers(0, 4 * PAGE))
def test_gaps_are_the_longest_runs_of_what_was_not_seen(
    batches: list[list[int]], stop: int
) -> None:
    seen = SeenCounters()
    for batch in batches:
        seen.add(_array(batch))
    below = sorted({counter for batch in batches for counter in batch if counter < stop})
    edges = [-1, *below, stop]
    expected = [(left + 1, right - left - 1) for left, right in pairwise(edges) if right - left > 1]
    assert list(seen.gaps(stop)) == expected


@given(_BATCHES, st.integers(0, 3 * PAGE), st.integers(1, 2 * PAGE))
def test_present_tells_for_each_counter(batches: list[list[int]], start: int, count: int) -> None:
    seen = SeenCounters()
    for batch in batches:
        seen.add(_array(batch))
    present = seen.present(start, start + count)
    model = {counter for batch in batches for counter in batch}
    assert len(present) == count
    found = set((np.flatnonzero(present) + start).tolist())
    assert found == {counter for counter in model if start <= counter < start + count}


def test_a_complete_page_costs_nothing_and_still_knows_duplicates() -> None:
    seen = SeenCounters()
    for start in range(0, 4 * PAGE, 1_000):
        seen.add(np.arange(start, min(start + 1_000, 4 * PAGE), dtype=np.uint64))
    assert repr(seen) == f"SeenCounters(unique={4 * PAGE}, highest={4 * PAGE - 1}, open=0)"
    assert seen.add(_array([PAGE + 3])).tolist() == [PAGE + 3]
    assert seen.has_all(0, 4 * PAGE)
    assert not seen.has_all(0, 4 * PAGE + 1)
    assert list(seen.gaps(4 * PAGE)) == []
