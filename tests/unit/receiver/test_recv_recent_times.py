"""A time is new, repeated or too old to tell, as a set of all times would say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from telemetry_sender.receiver.occurrences import occurrences, rounds
from telemetry_sender.receiver.recent_times import RecentTimes

ROWS = 3
REQUESTS = st.lists(st.lists(st.tuples(st.integers(0, ROWS - 1), st.integers(1, 12)), max_size=8))


@given(REQUESTS, st.integers(1, 4))
def test_arrivals_are_judged_as_by_the_set_of_all_times(
    requests: list[list[tuple[int, int]]], kept: int
) -> None:
    """Only times below the `kept` largest of the row are left undecided, and never guessed."""
    recent = RecentTimes(kept)
    recent.reserve(ROWS)
    seen: list[set[int]] = [set() for _ in range(ROWS)]
    for request in requests:
        rows = np.array([row for row, _ in request], np.intp)
        times = np.array([time for _, time in request], np.uint64)
        arrivals = recent.add(rows, times)
        for place, (row, time) in enumerate(request):
            largest = sorted(seen[row])[-kept:]
            undecided = len(largest) == kept and time < largest[0]
            assert arrivals.undecided[place] == undecided
            assert arrivals.fresh[place] == (time not in seen[row] and not undecided)
            assert arrivals.repeated[place] == (time in seen[row] and not undecided)
            assert arrivals.late[place] == (
                arrivals.fresh[place] and time < max(largest, default=0)
            )
            if not undecided:
                seen[row].add(time)


@given(st.lists(st.integers(0, 4)))
def test_rounds_hold_every_element_once_in_order_and_no_value_twice(values: list[int]) -> None:
    array = np.array(values, np.int64)
    groups = [group.tolist() for group in rounds(array)]
    assert sorted(place for group in groups for place in group) == list(range(len(values)))
    for number, group in enumerate(groups):
        assert len({values[place] for place in group}) == len(group)
        assert all(occurrences(array)[place] == number for place in group)
        assert all(values[:place].count(values[place]) == number for place in group)
