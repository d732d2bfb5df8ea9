"""Counting and sampling in bounded memory."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry_common.ids import U64, mix64
from telemetry_generator.inspection.distinct import DistinctCounter
from telemetry_generator.inspection.latency import by_group, histogram, latency_of
from telemetry_generator.inspection.span_columns import SpanColumns
from telemetry_generator.inspection.trace_sample import TraceSample


@given(st.lists(st.binary(max_size=3), max_size=200))
def test_few_values_are_counted_exactly(values: list[bytes]) -> None:
    counter = DistinctCounter(limit=200)
    for value in values:
        counter.add(value)
    assert counter.count == len(set(values))
    assert counter.exact


def test_many_values_are_estimated_within_a_few_percent() -> None:
    counter = DistinctCounter(limit=1024)
    for number in range(100_000):
        counter.add(b"%d" % number)
        counter.add(b"%d" % (number // 2))
    assert not counter.exact
    assert counter.count == pytest.approx(100_000, rel=0.1)


def spans_of(traces: U64) -> SpanColumns:
    count = len(traces)
    words, numbers = np.zeros(count, np.uint64), np.zeros(count, np.int32)
    return SpanColumns(
        trace=traces,
        span=np.arange(count, dtype=np.uint64),
        parent=words,
        link=words,
        start=words,
        end=words,
        service=numbers,
        kind=np.zeros(count, np.uint8),
        failed=np.zeros(count, np.bool_),
        peer=numbers,
        chunk=numbers,
    )


def test_a_sample_holds_whole_traces_and_not_too_many_spans() -> None:
    sample = TraceSample(most=1_000)
    for start in range(0, 20_000, 500):
        traces = mix64(np.arange(start, start + 500, dtype=np.uint64) % np.uint64(5_000))
        sample.add(spans_of(traces))
    kept = sample.spans()
    assert kept is not None
    assert len(kept) <= 1_000
    _, sizes = np.unique(kept.trace, return_counts=True)
    assert set(sizes.tolist()) == {4}, "every trace has all of its four spans"
    assert len(sizes) / sample.share == pytest.approx(5_000, rel=0.25)


def test_a_small_set_is_kept_whole() -> None:
    sample = TraceSample(most=1_000)
    sample.add(spans_of(mix64(np.arange(1, 100, dtype=np.uint64))))
    kept = sample.spans()
    assert kept is not None
    assert (len(kept), sample.share) == (99, 1)


def test_nothing_is_no_sample() -> None:
    sample = TraceSample()
    sample.add(spans_of(np.empty(0, np.uint64)))
    assert sample.spans() is None


def test_percentiles_are_durations_that_occurred() -> None:
    found = latency_of(np.arange(1, 101, dtype=np.uint64)[::-1])
    assert (found.p50, found.p90, found.p99, found.max) == (50, 90, 99, 100)


def test_groups_are_kept_apart() -> None:
    key = np.array([3, 1, 3, 3])
    duration = np.array([30, 7, 10, 20], np.uint64)
    failed = np.array([True, False, False, True])
    first, second = by_group(key, duration, failed)
    assert (first.key, first.count, first.failed, first.latency.max) == (1, 1, 0, 7)
    assert (second.key, second.count, second.failed, second.latency.p50) == (3, 3, 2, 20)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=50))
def test_every_duration_is_in_one_bar(durations: list[int]) -> None:
    bins = histogram(np.array(durations, np.uint64))
    assert sum(each.count for each in bins) == len(durations)
    assert all(one.high == other.low for one, other in pairwise(bins))
