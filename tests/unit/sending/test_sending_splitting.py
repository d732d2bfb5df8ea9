"""Halves of blocks, and what is learned about sizes that a receiver refuses."""

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from core_support import block_bytes, encoded_sample, examples, late_roots_file, planned, sources
from otlp_events import events_in, holders_of
from telemetry_common.planning.cut import Block, cut_events
from telemetry_common.planning.plan import Plan
from telemetry_common.signals import Signal
from telemetry_sender.sending.size_limit import SizeLimit
from telemetry_sender.sending.splitting import halves, pieces


def whole(plan: Plan) -> Block:
    return cut_events(plan, 7, 0, plan.events)


def count(signal: Signal, data: bytes) -> int:
    return sum(events_in(signal, holder) for holder in holders_of(signal, data))


@examples(60)
@given(rng=sources, signal=st.sampled_from(list(Signal)))
def test_halves_hold_all_events_of_a_block_once(rng: Random, signal: Signal) -> None:
    data = encoded_sample(rng, signal)
    plan = planned(data, signal)
    if plan.events < 2:
        return
    first, second = halves(plan, whole(plan))
    assert (first.first, first.last, second.last) == (0, second.first, plan.events)
    assert min(first.events, second.events) > 0
    assert {first.index, second.index} == {7}
    sizes = [count(signal, block_bytes(half, data)) for half in (first, second)]
    assert sum(sizes) == count(signal, data)


def test_traces_stay_whole_while_that_is_possible() -> None:
    """Units of 4, 4 and 2 spans: whole ones first, then single spans."""
    data = late_roots_file([4, 4, 2], 1)
    plan = planned(data, Signal.TRACES)
    first, second = halves(plan, whole(plan))
    assert (first.last, second.events) == (4, 6)
    assert [half.events for half in halves(plan, first)] == [2, 2]
    assert [half.events for half in halves(plan, second)] == [4, 2]


@examples(40)
@given(rng=sources, signal=st.sampled_from(list(Signal)), share=st.floats(0.05, 1))
def test_pieces_keep_the_learned_limit_down_to_single_events(
    rng: Random, signal: Signal, share: float
) -> None:
    plan = planned(encoded_sample(rng, signal), signal)
    limit = SizeLimit()
    limit.refused(max(1, round(share * plan.size)))
    found = pieces(plan, whole(plan), limit)
    assert all(each.events < 2 or not limit.forbids(each.size) for each in found)
    assert [found[0].first, found[-1].last] == [0, plan.events]
    assert all(earlier.last == later.first for earlier, later in pairwise(found))


def test_nothing_is_split_before_a_refusal() -> None:
    plan = planned(late_roots_file([3, 3], 1), Signal.TRACES)
    assert pieces(plan, whole(plan), SizeLimit()) == [whole(plan)]


def test_the_smallest_refused_size_counts() -> None:
    limit = SizeLimit()
    for size in (900, 700, 800):
        limit.refused(size)
    assert [limit.forbids(size) for size in (699, 700, 5000)] == [False, True, True]


def test_a_receiver_that_contradicts_itself_teaches_nothing() -> None:
    """One that refuses at random would else be sent event by event in the end."""
    limit = SizeLimit()
    limit.accepted(1000)
    limit.refused(400)
    assert not limit.forbids(400)
    limit.refused(2000)
    limit.accepted(2500)
    assert not limit.forbids(2000)
