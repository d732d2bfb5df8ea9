"""Ids of a run: never twice, equal wherever a span is named, turned back by their key."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_support import COMMITTED, START, blocks_of, stampers_of, templates_of
from otlp_events import holders_of
from telemetry_common.ids import RunKeys, unmix64
from telemetry_common.planning.cut import Limits
from telemetry_common.signals import Signal
from telemetry_sender.stamping.identity import Identity

seeds = st.integers(0, 2**64 - 1)
PASSES = 3


@given(seed=seeds, spans=st.integers(1, 300), first=st.integers(0, 2**40))
def test_span_ids_of_different_passes_are_disjoint_and_turn_back_into_pass_and_index(
    seed: int, spans: int, first: int
) -> None:
    keys = RunKeys.from_seed(seed)
    identity = Identity(keys, spans, spans)
    index = np.arange(spans, dtype=np.int32)
    ids = np.concatenate([identity.span_ids(first + number, index) for number in range(PASSES)])
    assert len(np.unique(ids)) == PASSES * spans
    assert not np.any(ids == 0)
    counters = unmix64(ids) - np.uint64(keys.span)
    assert counters.tolist() == list(range(first * spans, (first + PASSES) * spans))


@given(seed=seeds, traces=st.integers(1, 300), pass_number=st.integers(0, 2**40))
def test_both_halves_of_a_trace_id_turn_back_into_the_same_counter(
    seed: int, traces: int, pass_number: int
) -> None:
    keys = RunKeys.from_seed(seed)
    made = Identity(keys, 1, traces).trace_ids(pass_number, np.arange(traces, dtype=np.int32))
    halves = made.view(np.uint64).reshape(-1, 2)
    expected = [pass_number * traces + trace for trace in range(traces)]
    for column, key in ((0, keys.trace_high), (1, keys.trace_low)):
        assert (unmix64(halves[:, column]) - np.uint64(key)).tolist() == expected
    assert not np.any(halves == 0)


@given(seed=seeds, words=st.lists(st.integers(1, 2**64 - 1), min_size=2, max_size=50, unique=True))
def test_ids_from_outside_the_set_stay_equal_and_stay_different_within_a_pass(
    seed: int, words: list[int]
) -> None:
    identity = Identity(RunKeys.from_seed(seed), 10, 10)
    template = np.array(words + words, np.uint64)
    new = identity.foreign(0, template)
    assert new[: len(words)].tolist() == new[len(words) :].tolist()
    assert len(np.unique(new)) == len(words)
    assert not np.any(new == identity.foreign(1, template))


@pytest.fixture(scope="module")
def sent() -> dict[int, list[tuple[bytes, bytes, bytes]]]:
    """Return trace, span and parent id of every span of three passes over the committed set."""
    template = templates_of({Signal.TRACES: (COMMITTED / "small-traces.pb").read_bytes()})
    stamper = stampers_of(template, seed=77)[Signal.TRACES]
    blocks = blocks_of(template[Signal.TRACES].plan, Limits(3, 1 << 22))
    return {
        number: [
            (span.trace_id, span.span_id, span.parent_span_id)
            for block in blocks
            for span in holders_of(Signal.TRACES, stamper.stamp(block, number, START))
        ]
        for number in range(PASSES)
    }


def test_stamped_ids_are_disjoint_between_passes(
    sent: dict[int, list[tuple[bytes, bytes, bytes]]],
) -> None:
    for place in (0, 1):
        sets = [{ids[place] for ids in spans} for spans in sent.values()]
        assert len(set().union(*sets)) == sum(map(len, sets))


def test_stamped_span_ids_are_counters_in_the_order_of_the_file(
    sent: dict[int, list[tuple[bytes, bytes, bytes]]],
) -> None:
    """Written as 8 little-endian bytes, which is what a receiver turns back."""
    words = np.frombuffer(b"".join(span for ids in sent.values() for _, span, _ in ids), "<u8")
    counters = unmix64(words.copy()) - np.uint64(RunKeys.from_seed(77).span)
    assert counters.tolist() == list(range(len(words)))


def test_stamped_parents_are_spans_of_the_same_trace_and_pass(
    sent: dict[int, list[tuple[bytes, bytes, bytes]]],
) -> None:
    """As far as they are in the templates: the tree keeps its shape."""
    before = holders_of(Signal.TRACES, (COMMITTED / "small-traces.pb").read_bytes())
    place = {(span.trace_id, span.span_id): at for at, span in enumerate(before)}
    parents = [place.get((span.trace_id, span.parent_span_id)) for span in before]
    assert sum(parent is not None for parent in parents) > 100
    for spans in sent.values():
        for parent, (trace_id, _, parent_id) in zip(parents, spans, strict=True):
            if parent is not None:
                assert spans[parent][:2] == (trace_id, parent_id)
