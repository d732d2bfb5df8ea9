"""Cutting a file into blocks loses nothing, repeats nothing and changes no meaning."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    MetricsData,
)
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from core_support import (
    block_bytes,
    blocks_of,
    encoded_sample,
    examples,
    late_roots_file,
    planned,
    sources,
)
from otlp_events import events_in, holders_of, surrounded_events
from telemetry_common.errors import TemplateError
from telemetry_common.planning.cut import MAX_SPANS, Limits, cut_events
from telemetry_common.signals import Signal

signals = st.sampled_from(list(Signal))


@examples(200)
@given(rng=sources, signal=signals, data=st.data())
def test_blocks_joined_hold_the_events_of_the_file_in_their_surroundings(
    rng: Random, signal: Signal, data: st.DataObject
) -> None:
    """Any bounds: resource, scope, schema URLs, metric, kind and temporality stay with events."""
    file = encoded_sample(rng, signal)
    plan = planned(file, signal)
    inner = data.draw(st.sets(st.integers(1, max(1, plan.events - 1)), max_size=plan.events))
    bounds = sorted({0, plan.events, *(each for each in inner if each < plan.events)})
    found = []
    for index, (first, last) in enumerate(itertools.pairwise(bounds)):
        block = cut_events(plan, index, first, last)
        body = block_bytes(block, file)
        assert len(body) == block.size
        assert (block.index, block.events) == (index, last - first)
        found += surrounded_events(signal, body)
    assert found == surrounded_events(signal, file)


@examples(40)
@given(rng=sources, signal=signals)
def test_the_whole_file_as_one_block_is_the_file_verbatim(rng: Random, signal: Signal) -> None:
    file = encoded_sample(rng, signal)
    plan = planned(file, signal)
    block = cut_events(plan, 0, 0, plan.events)
    assert block_bytes(block, file) == file
    assert len(block.parts) == 1
    assert block.literals == ()


def unit_of(signal: Signal, file: bytes) -> list[int]:
    """Return the unit of every event: its trace, metric, record or profile, counted from 0."""
    holders = holders_of(signal, file)
    if signal is Signal.TRACES:
        return closed_runs([span.trace_id for span in holders])
    return [unit for unit, holder in enumerate(holders) for _ in range(events_in(signal, holder))]


def closed_runs(trace_ids: list[bytes]) -> list[int]:
    """Number the shortest runs of spans that no trace leaves; an id that is none is no trace."""
    last = {trace: at for at, trace in enumerate(trace_ids) if len(trace) == 16 and any(trace)}
    units, unit, reach = [], 0, 0
    for at, trace in enumerate(trace_ids):
        if at > reach:
            unit, reach = unit + 1, at
        reach = max(reach, last.get(trace, at))
        units.append(unit)
    return units


@examples(300)
@given(
    rng=sources, signal=signals, batch=st.integers(1, 8), max_bytes=st.integers(50, 5000),
    max_events=st.none() | st.integers(0, 9),
)  # fmt: skip
def test_blocks_keep_every_limit_and_part_no_unit_without_need(
    rng: Random, signal: Signal, batch: int, max_bytes: int, max_events: int | None
) -> None:
    file = encoded_sample(rng, signal)
    plan = planned(file, signal)
    limits = Limits(batch, max_bytes, max_events)
    alone = [cut_events(plan, 0, event, event + 1).size for event in range(plan.events)]
    if max(alone, default=0) > max_bytes:
        with pytest.raises(TemplateError, match=r"^otlp\.max_message_size: event \d+ of the "):
            blocks_of(plan, limits)
        return
    blocks = blocks_of(plan, limits)
    units, begins = unit_of(signal, file), beginnings(signal, file)
    assert [block.first for block in blocks[1:]] == [block.last for block in blocks[:-1]]
    assert sum(block.events for block in blocks) == plan.events
    most = MAX_SPANS if signal is Signal.TRACES else batch
    most = most if max_events is None else max(1, min(most, max_events))
    for block in blocks:
        assert block.size == len(block_bytes(block, file)) <= max_bytes
        assert 1 <= block.events <= most
        if signal is Signal.TRACES:
            assert 1 + sum(begins[block.first + 1 : block.last]) <= batch
        if block.last < plan.events and units[block.last - 1] == units[block.last]:
            end = block.first + units[block.first :].count(units[block.first])
            assert units[block.first] == units[end - 1]
            too_many = signal is Signal.TRACES and 1 + sum(begins[block.first + 1 : end]) > batch
            too_large = cut_events(plan, 0, block.first, end).size > max_bytes
            assert too_many or too_large or end - block.first > most


def beginnings(signal: Signal, file: bytes) -> list[bool]:
    """Tell for every event whether a unit, or in a traces file a trace, begins with it."""
    units = unit_of(signal, file)
    begins = [unit != before for unit, before in zip(units, [-1, *units], strict=False)]
    seen: set[bytes] = set()
    for at, span in enumerate(holders_of(signal, file) if signal is Signal.TRACES else []):
        trace = span.trace_id
        begins[at] |= len(trace) == 16 and any(trace) and trace not in seen
        seen.add(trace)
    return begins


def test_containers_without_events_count_towards_the_message_limit() -> None:
    """Whatever the limit: scopes that hold nothing but a long URL stand between the spans."""
    root = TracesData()
    for trace in (1, 2, 3):
        resource = root.resource_spans.add()
        for _ in range(9):
            resource.scope_spans.add(schema_url="https://example.org/" + "x" * 100)
        resource.scope_spans[0].spans.add(trace_id=bytes([trace]) * 16, span_id=bytes([trace]) * 8)
    file = root.SerializeToString()
    plan = planned(file, Signal.TRACES)
    least = max(cut_events(plan, 0, event, event + 1).size for event in range(3))
    for max_bytes in range(least, len(file) + 1):
        assert max(block.size for block in blocks_of(plan, Limits(3, max_bytes))) <= max_bytes


def test_blocks_fill_up_to_the_batch() -> None:
    """Ten traces of three spans, four traces a batch: 4 + 4 + 2."""
    plan = planned(traces_file([3] * 10), Signal.TRACES)
    assert [block.events for block in blocks_of(plan, Limits(4, 1 << 22))] == [12, 12, 6]


def traces_file(spans: list[int], *, name: str = "GET /orders") -> bytes:
    """Return traces of so many spans each, one resource a trace."""
    root = TracesData()
    serial = 0
    for trace, count in enumerate(spans, start=1):
        resource = root.resource_spans.add()
        resource.resource.attributes.add(key="service.name").value.string_value = f"s{trace % 7}"
        scope = resource.scope_spans.add()
        for _ in range(count):
            serial += 1
            scope.spans.add(
                trace_id=trace.to_bytes(16, "big"), span_id=serial.to_bytes(8, "big"), name=name,
                start_time_unix_nano=serial, end_time_unix_nano=serial + 1,
            )  # fmt: skip
    return bytes(root.SerializeToString())


@pytest.mark.parametrize("max_bytes", [1 << 22, 300_000])
def test_a_giant_trace_is_split_within_ten_thousand_spans_and_the_message_limit(
    max_bytes: int,
) -> None:
    """Its chunks hold nothing else until its last one, and the traces around it stay whole."""
    file = traces_file([5, 25_000, 5, 5])
    plan = planned(file, Signal.TRACES)
    blocks = blocks_of(plan, Limits(100, max_bytes))
    assert sum(block.events for block in blocks) == 25_015
    assert all(block.events <= MAX_SPANS and block.size <= max_bytes for block in blocks)
    assert (blocks[0].first, blocks[0].last) == (0, 5)
    assert blocks[-1].last - 25_005 == 10
    full = list(blocks[1:-1])
    assert all(block.events == MAX_SPANS or block.size > 0.9 * max_bytes for block in full)
    for block in blocks:
        body = block_bytes(block, file)
        assert len(surrounded_events(Signal.TRACES, body)) == block.events


@examples(60)
@given(
    spans=st.lists(st.integers(1, 6), min_size=1, max_size=30),
    group=st.integers(1, 12), batch=st.integers(1, 8), max_events=st.none() | st.integers(1, 20),
)  # fmt: skip
def test_traces_whose_roots_come_late_fill_blocks_like_others(
    spans: list[int], group: int, batch: int, max_events: int | None
) -> None:
    """The roots of a group of traces stand behind it: a block begins no more traces than asked."""
    file = late_roots_file(spans, group)
    plan = planned(file, Signal.TRACES)
    blocks = blocks_of(plan, Limits(batch, 1 << 22, max_events))
    begins = beginnings(Signal.TRACES, file)
    found = []
    for block in blocks:
        assert 1 + sum(begins[block.first + 1 : block.last]) <= batch
        found += surrounded_events(Signal.TRACES, block_bytes(block, file))
    assert found == surrounded_events(Signal.TRACES, file)
    if group <= batch and max_events is None:
        assert all(block.first in plan.unit_first for block in blocks)


def test_a_group_of_late_roots_within_the_batch_is_sent_as_one() -> None:
    """Two traces a group, one of them in each request of one: then its root comes later."""
    file = late_roots_file([3, 3, 3, 3], 2)
    plan = planned(file, Signal.TRACES)
    assert [block.events for block in blocks_of(plan, Limits(2, 1 << 22))] == [6, 6]
    assert [block.events for block in blocks_of(plan, Limits(1, 1 << 22))] == [2, 4, 2, 4]


def metrics_file(points_each: list[int]) -> bytes:
    root = MetricsData()
    scope = root.resource_metrics.add().scope_metrics.add()
    for number, count in enumerate(points_each):
        metric = scope.metrics.add(name=f"metric.{number}", unit="By")
        metric.sum.aggregation_temporality = AGGREGATION_TEMPORALITY_CUMULATIVE
        metric.sum.is_monotonic = True
        for value in range(count):
            metric.sum.data_points.add(as_int=value + 1, time_unix_nano=7)
    return bytes(root.SerializeToString())


def test_a_metric_larger_than_the_batch_is_cut_and_the_others_are_not() -> None:
    file = metrics_file([10, 2500, 10, 985, 6])
    plan = planned(file, Signal.METRICS)
    blocks = blocks_of(plan, Limits(1000, 1 << 22))
    assert [block.events for block in blocks] == [10, 1000, 1000, 510, 991]
    names = [
        {path[3] for path in surrounded_events(Signal.METRICS, block_bytes(b, file))}
        for b in blocks
    ]
    assert [len(each) for each in names] == [1, 1, 1, 2, 2]


def test_an_event_over_the_message_limit_is_an_error_that_names_it() -> None:
    """The limit that just fits it is enough."""
    file = traces_file([1, 1]) + traces_file([1], name="x" * 5000) + traces_file([1])
    plan = planned(file, Signal.TRACES)
    needed = cut_events(plan, 0, 2, 3).size
    with pytest.raises(TemplateError) as caught:
        blocks_of(plan, Limits(10, needed - 1))
    assert caught.value.exit_code == 2
    assert "event 2 of the spans" in str(caught.value)
    assert f"{needed:,} bytes" in str(caught.value)
    assert max(block.size for block in blocks_of(plan, Limits(10, needed))) == needed
