"""Spans by column against spans one at a time, and the order of bytes in a file."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from span_decoding import decoded
from span_reference import reference
from span_samples import sample_table, sample_topology
from telemetry_generator.encode.span_order import LATE_GROUP
from telemetry_generator.encode.traces import TraceEncoder
from telemetry_generator.traces.table import SpanTable

TOPOLOGY = sample_topology()


@settings(max_examples=25, deadline=None)
@given(first=st.integers(0, 10_000), count=st.integers(1, 12), late=st.sampled_from([0.0, 0.5]))
def test_bytes_are_those_of_the_protobuf_classes(first: int, count: int, late: float) -> None:
    """Field by field and byte by byte: every column of the table is where it belongs."""
    table = sample_table(TOPOLOGY, first, count, late)
    data, _ = TraceEncoder(TOPOLOGY).encode(table)
    expected = reference(TOPOLOGY, table)
    assert TracesData.FromString(data) == expected
    assert data == expected.SerializeToString(deterministic=True)


def test_counts_are_those_of_the_bytes() -> None:
    table = sample_table(TOPOLOGY, 0, 60)
    data, counts = TraceEncoder(TOPOLOGY).encode(table)
    spans = decoded(data)
    assert counts.spans == len(table) == len(spans)
    assert counts.resources == len(TracesData.FromString(data).resource_spans)
    assert counts.traces == len({span.trace_id for span in spans})
    known = {span.span_id for span in spans}
    parents = {span.parent_span_id for span in spans if span.parent_span_id}
    assert counts.rootless == len(parents - known) > 0


@pytest.mark.parametrize("late", [0.0, 0.3])
def test_bytes_do_not_depend_on_chunks(late: float) -> None:
    """Late roots stay within groups of requests, so chunks are whole groups."""
    encoder = TraceEncoder(TOPOLOGY)
    whole, _ = encoder.encode(sample_table(TOPOLOGY, 0, 4 * LATE_GROUP, late))
    chunks = [(0, LATE_GROUP), (LATE_GROUP, 2 * LATE_GROUP), (3 * LATE_GROUP, LATE_GROUP)]
    parts = [encoder.encode(sample_table(TOPOLOGY, *chunk, late))[0] for chunk in chunks]
    assert b"".join(parts) == whole


def test_bytes_do_not_depend_on_what_was_encoded_before() -> None:
    fresh, used = TraceEncoder(TOPOLOGY), TraceEncoder(TOPOLOGY)
    used.encode(sample_table(TOPOLOGY, 900, 50))
    table = sample_table(TOPOLOGY, 0, 50)
    assert used.encode(table) == fresh.encode(table)


def test_chunks_of_any_size_are_alike_without_late_roots() -> None:
    encoder = TraceEncoder(TOPOLOGY)
    whole, _ = encoder.encode(sample_table(TOPOLOGY, 0, 20))
    parts = [encoder.encode(sample_table(TOPOLOGY, at, 1))[0] for at in range(20)]
    assert b"".join(parts) == whole


def test_late_roots_stand_behind_the_rest_of_their_group() -> None:
    table = sample_table(TOPOLOGY, 0, 2 * LATE_GROUP, late=0.3)
    spans = decoded(TraceEncoder(TOPOLOGY).encode(table)[0])
    places = {span.span_id: place for place, span in enumerate(spans)}
    words = [int(word).to_bytes(8, "little") for word in table.span_id]
    for group in range(2):
        rows = np.flatnonzero(table.request // LATE_GROUP == group)
        late = [places[words[row]] for row in rows if table.is_late[row]]
        rest = [places[words[row]] for row in rows if not table.is_late[row]]
        assert late
        assert min(late) > max(rest)


def test_a_trace_has_one_resource_for_each_instance_that_takes_part() -> None:
    table = sample_table(TOPOLOGY, 0, 40)
    data = TracesData.FromString(TraceEncoder(TOPOLOGY).encode(table)[0])
    seen = set()
    for group in data.resource_spans:
        identity = {pair.key: pair.value.string_value for pair in group.resource.attributes}
        traces = {span.trace_id for scope in group.scope_spans for span in scope.spans}
        assert len(traces) == 1
        scopes = [scope.scope.name for scope in group.scope_spans]
        assert len(set(scopes)) == len(scopes)
        key = (traces.pop(), identity["service.instance.id"])
        assert key not in seen
        seen.add(key)


def test_no_marker_and_no_zero_time_is_left() -> None:
    for span in decoded(TraceEncoder(TOPOLOGY).encode(sample_table(TOPOLOGY, 0, 200))[0]):
        texts = [pair.value.string_value for pair in span.attributes]
        assert not any("\x02" in text for text in texts)
        assert 1 <= span.start_time_unix_nano <= span.end_time_unix_nano
        for event in span.events:
            assert span.start_time_unix_nano <= event.time_unix_nano <= span.end_time_unix_nano


def test_keys_of_a_span_are_unique() -> None:
    for span in decoded(TraceEncoder(TOPOLOGY).encode(sample_table(TOPOLOGY, 0, 200))[0]):
        keys = [pair.key for pair in span.attributes]
        assert len(set(keys)) == len(keys)


def test_a_set_with_giant_spans_and_long_groups_has_right_lengths() -> None:
    """Lengths of several varint bytes: a trace in which one instance has thousands of spans."""
    small = sample_table(TOPOLOGY, 3, 1)
    table = _repeated(small, 3000)
    spans = decoded(TraceEncoder(TOPOLOGY).encode(table)[0])
    assert len(spans) == len(small) * 3000


def _repeated(table: SpanTable, times: int) -> SpanTable:
    """Return one trace with the spans of `table` many times over."""
    traces = {"trace_high", "trace_low", "sampled", "randomness", "links", "events", "cut"}
    names = [field.name for field in dataclasses.fields(table) if field.name not in traces]
    columns = {name: np.tile(getattr(table, name), times) for name in names}
    shift = np.repeat(np.arange(times) * len(table), len(table))
    for name in ("parent", "link"):
        columns[name] = np.where(columns[name] >= 0, columns[name] + shift, -1)
    columns["span_id"] = columns["span_id"] + shift.astype(np.uint64)
    order = np.argsort(columns["trace"], kind="stable").tolist()
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    for name in ("parent", "link"):
        columns[name] = np.where(columns[name] >= 0, back[columns[name]], -1)
    return dataclasses.replace(table, **{name: columns[name][order] for name in names})
