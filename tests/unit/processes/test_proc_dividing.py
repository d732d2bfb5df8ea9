"""Which blocks each part of a run sends."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_support import array, late_roots_file, logs_of_traces, planned
from replays import committed_templates
from sender_results import make_config
from telemetry_common.planning.cut import Limits, block_bounds
from telemetry_common.planning.identities import Identities
from telemetry_common.planning.plan import Plan
from telemetry_common.planning.planner import build_plan
from telemetry_common.planning.wire import Offsets
from telemetry_common.planning.words import view_words
from telemetry_common.signals import Signal
from telemetry_sender.processes.order import owned_events
from telemetry_sender.sending.cutting import cut_bounds
from telemetry_sender.sending.dividing import divide


def plans_of_committed() -> dict[Signal, Plan]:
    return {signal: template.plan for signal, template in committed_templates().items()}


def assert_partition(
    bounds: Mapping[Signal, Offsets], parts: Mapping[Signal, list[range]], count: int
) -> None:
    for signal, cuts in bounds.items():
        assert len(parts[signal]) == count
        assert parts[signal][0].start == 0
        assert parts[signal][-1].stop == len(cuts) - 1
        assert all(one.stop == next_one.start for one, next_one in pairwise(parts[signal]))
        assert all(len(part) == part.stop - part.start for part in parts[signal])


@settings(deadline=None)
@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=40),
    group=st.integers(1, 10),
    batch=st.integers(1, 20),
    count=st.integers(1, 60),
)
def test_parts_are_everything_and_each_block_once(
    sizes: list[int], group: int, batch: int, count: int
) -> None:
    """For any traces, late roots included, any blocks and any number of parts."""
    plan = planned(late_roots_file(sizes, group), Signal.TRACES)
    bounds = {Signal.TRACES: block_bounds(plan, Limits(batch, 1 << 20))}
    parts = divide({Signal.TRACES: plan}, bounds, count)
    assert_partition(bounds, parts, count)


@given(count=st.integers(1, 40), batch=st.integers(1, 50))
@settings(deadline=None, max_examples=40)
def test_parts_of_a_whole_set_are_everything(count: int, batch: int) -> None:
    sizes = {"traces": batch, "metrics": batch, "logs": batch}
    config = make_config(sending={"batch_size": sizes})
    bounds = cut_bounds(config, committed_templates())
    parts = divide(plans_of_committed(), bounds, count)
    assert_partition(bounds, parts, count)
    owned = [owned_events(bounds, {name: each[i] for name, each in parts.items()})
             for i in range(count)]  # fmt: skip
    for name, plan in plans_of_committed().items():
        assert sum(each[name] for each in owned) == plan.events


def test_parts_hold_about_the_same_number_of_events() -> None:
    plan = planned(late_roots_file([10] * 400, 4), Signal.TRACES)
    bounds = block_bounds(plan, Limits(4, 1 << 20))
    parts = divide({Signal.TRACES: plan}, {Signal.TRACES: bounds}, 4)[Signal.TRACES]
    events = [int(bounds[part.stop] - bounds[part.start]) for part in parts]
    assert max(events) - min(events) <= 2 * int(np.diff(bounds).max())


@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_trace_is_in_one_part_with_its_late_root(count: int) -> None:
    plan = planned(late_roots_file([5, 9, 2, 7] * 25, 10), Signal.TRACES)
    bounds = block_bounds(plan, Limits(3, 1 << 20))
    parts = divide({Signal.TRACES: plan}, {Signal.TRACES: bounds}, count)[Signal.TRACES]
    holders = [
        set(plan.event_trace[int(bounds[part.start]) : int(bounds[part.stop])].tolist())
        for part in parts
    ]
    assert all(holders)
    assert sum(map(len, holders)) == plan.traces


def test_log_records_go_with_their_traces() -> None:
    """Even where the records of early traces are many and those of late ones few."""
    spans, records = [4] * 60, [30] * 20 + [1] * 40
    traces = planned(late_roots_file(spans, 1), Signal.TRACES)
    data = late_roots_file(spans, 1)
    words = view_words(data, len(data)).integer
    raw = logs_of_traces(records)
    logs = build_plan(array(raw), Signal.LOGS, "", Identities.read(traces, words))
    bounds = {
        Signal.TRACES: block_bounds(traces, Limits(1, 1 << 20)),
        Signal.LOGS: block_bounds(logs, Limits(1, 1 << 20)),
    }
    parts = divide({Signal.TRACES: traces, Signal.LOGS: logs}, bounds, 3)
    first_trace = [traces.event_trace[bounds[Signal.TRACES][p.start]] for p in parts[Signal.TRACES]]
    for number, part in enumerate(parts[Signal.LOGS]):
        named = logs.trace_id.index[part.start : part.stop]
        owner = np.searchsorted(first_trace, named, "right") - 1
        assert set(owner.tolist()) == {number}


def test_a_set_without_traces_is_divided_evenly() -> None:
    plans: dict[Signal, Plan] = {Signal.METRICS: plans_of_committed()[Signal.METRICS]}
    bounds = {Signal.METRICS: np.array([0, 20, 40, 60, 72])}
    assert divide(plans, bounds, 2) == {Signal.METRICS: [range(2), range(2, 4)]}
