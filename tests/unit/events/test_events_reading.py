"""Events say what the protobuf classes read out of the same bytes."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric, MetricsData

from core_support import COMMITTED, COMMITTED_SIGNALS, encoded_sample, examples, sources
from event_reference import comparable, expected, said
from telemetry_common.signals import Signal
from telemetry_sender.events.model import Buckets, Log, Point
from telemetry_sender.events.reader import EventReader


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
@examples(150)
@given(rng=sources)
def test_arbitrary_requests_are_read_as_the_classes_read_them(signal: Signal, rng: Random) -> None:
    """All kinds of points, canonical and unusual encodings, unknown fields, overridden values."""
    data = encoded_sample(rng, signal)
    assert [said(event) for event in EventReader(signal).read(data)] == expected(signal, data)


@pytest.mark.parametrize("signal", COMMITTED_SIGNALS)
def test_the_committed_set_is_read_as_the_classes_read_it(signal: Signal) -> None:
    data = (COMMITTED / f"small-{signal}.pb").read_bytes()
    read = [said(event) for event in EventReader(signal).read(data)]
    assert read == expected(signal, data)
    assert read


INTEGERS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.text(max_size=200)
VALUES = st.recursive(
    st.none() | TEXTS | st.booleans() | INTEGERS | st.floats() | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def fill(message: AnyValue, value: Any) -> None:
    """Put a value of Python into an AnyValue."""
    if isinstance(value, list):
        message.array_value.SetInParent()
        for each in value:
            fill(message.array_value.values.add(), each)
    elif isinstance(value, dict):
        message.kvlist_value.SetInParent()
        for key, each in value.items():
            fill(message.kvlist_value.values.add(key=key).value, each)
    elif value is not None:
        setattr(message, KINDS[type(value)], value)


KINDS = {
    str: "string_value",
    bool: "bool_value",
    int: "int_value",
    float: "double_value",
    bytes: "bytes_value",
}


@given(attributes=st.dictionaries(TEXTS, VALUES, max_size=6), body=VALUES)
def test_values_come_out_as_they_went_in(attributes: dict[str, Any], body: Any) -> None:
    logs = LogsData()
    record = logs.resource_logs.add().scope_logs.add().log_records.add()
    fill(record.body, body)
    for key, value in attributes.items():
        fill(record.attributes.add(key=key).value, value)
    (log,) = EventReader(Signal.LOGS).read(logs.SerializeToString())
    assert isinstance(log, Log)
    assert comparable(log.attributes) == comparable(attributes)
    assert comparable(log.body) == comparable(body)


def test_of_a_key_that_comes_twice_the_last_value_counts() -> None:
    logs = LogsData()
    record = logs.resource_logs.add().scope_logs.add().log_records.add()
    for key, value in [("a", "1"), ("b", "2"), ("a", "3")]:
        record.attributes.add(key=key).value.string_value = value
    (log,) = EventReader(Signal.LOGS).read(logs.SerializeToString())
    assert list(log.attributes.items()) == [("a", "3"), ("b", "2")]


def delimited(number: int, body: bytes) -> bytes:
    assert len(body) < 0x80
    return bytes([number << 3 | 2, len(body)]) + body


def read_record(record: bytes) -> Log:
    data = delimited(1, delimited(2, delimited(2, record)))
    (log,) = EventReader(Signal.LOGS).read(data)
    assert isinstance(log, Log)
    return log


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"\xff", "\ufffd"), (b"a\xc3", "a\ufffd"), (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd")],
)
def test_bytes_that_are_not_utf_8_are_replaced(raw: bytes, text: str) -> None:
    """In names, keys and values, short or with an unknown field behind them."""
    pair = delimited(1, raw) + delimited(2, delimited(1, raw))
    log = read_record(delimited(3, raw) + delimited(6, pair) + delimited(5, delimited(1, raw)))
    assert (log.severity_text, log.attributes, log.body) == (text, {text: text}, text)
    unusual = read_record(delimited(6, pair + b"\xf8\x06\x01"))
    assert unusual.attributes == {text: text}


def test_parts_of_values_are_merged_unless_another_comes_between() -> None:
    """Lists grow, and the last member of a oneof wins."""
    one, two = (delimited(5, delimited(1, b"\x18" + bytes([n]))) for n in (1, 2))
    assert read_record(delimited(5, one) + delimited(5, two)).body == (1, 2)
    assert read_record(delimited(5, one + b"\x10\x01" + two)).body == (2,)
    assert read_record(delimited(5, one + b"\x10\x01")).body is True


def test_a_string_may_be_overridden_within_its_value() -> None:
    """By another member of the oneof, or by a string behind it."""
    for behind, value in [(b"\x10\x01", True), (delimited(1, b"y"), "y"), (b"\xf8\x06\x01", "x")]:
        pair = delimited(1, b"key") + delimited(2, delimited(1, b"x") + behind)
        assert read_record(delimited(6, pair)).attributes == {"key": value}


def test_an_index_into_a_table_of_strings_is_no_value() -> None:
    """Only profiles have such tables."""
    assert read_record(delimited(5, b"\x40\x01")).body is None


def test_what_the_wire_leaves_out_and_what_it_says_of_nothing_are_the_same() -> None:
    """An id of no bytes, a time of 0."""
    silent = read_record(b"")
    assert read_record(delimited(9, b"") + b"\x09" + bytes(8)) == silent
    assert (silent.trace_id, silent.time, silent.body, silent.event_name) == (None, None, None, "")


def test_a_number_of_zero_is_there() -> None:
    metrics = MetricsData()
    metric = metrics.resource_metrics.add().scope_metrics.add().metrics.add()
    metric.gauge.data_points.add(as_int=0)
    metric.gauge.data_points.add(as_double=0.0)
    metric.gauge.data_points.add()
    points = list(EventReader(Signal.METRICS).read(metrics.SerializeToString()))
    values = [point.value for point in points if isinstance(point, Point)]
    assert [value and value.value for value in values] == [0, 0.0, None]


def read_point(metric: bytes) -> Point:
    (point,) = EventReader(Signal.METRICS).read(delimited(1, delimited(2, delimited(2, metric))))
    assert isinstance(point, Point)
    return point


def test_flags_and_steps_of_a_scale_have_32_bits() -> None:
    metric = Metric()
    metric.exponential_histogram.data_points.add(flags=2**32 - 1, scale=-(2**31))
    point = read_point(metric.SerializeToString())
    assert (point.flags, point.scale) == (2**32 - 1, -(2**31))


def test_counts_of_buckets_may_be_packed_or_not() -> None:
    buckets = b"\x08\x03" + delimited(2, b"\x01\x80\x01") + b"\x10\x05" + delimited(2, b"")
    point = read_point(delimited(10, delimited(1, delimited(8, buckets))))
    assert point.positive == Buckets(offset=-2, counts=(1, 128, 5))
    assert point.negative is None


def test_points_of_a_metric_in_parts_follow_one_another() -> None:
    parts = [Metric(name="a"), Metric(unit="s")]
    for at, part in enumerate(parts):
        part.sum.data_points.add(as_int=at + 1)
    whole = b"".join(part.SerializeToString() for part in parts)
    data = delimited(1, delimited(2, delimited(2, whole)))
    points = list(EventReader(Signal.METRICS).read(data))
    assert [said(point) for point in points] == expected(Signal.METRICS, data)
    assert len(points) == 2


def test_what_is_equal_is_one_object() -> None:
    """Resources, scopes, metrics and attributes: within a block and from block to block."""
    metrics = MetricsData()
    for number in range(2):
        resource = metrics.resource_metrics.add()
        resource.resource.attributes.add(key="service.name").value.string_value = "shop"
        scope = resource.scope_metrics.add()
        scope.scope.name = "meter"
        metric = scope.metrics.add(name="requests", unit="1")
        point = metric.sum.data_points.add(as_int=number, time_unix_nano=number)
        point.attributes.add(key="method").value.string_value = "GET"
    reader = EventReader(Signal.METRICS)
    data = metrics.SerializeToString()
    points = [*reader.read(data), *reader.read(data)]
    for name in ("resource", "scope", "metric", "attributes"):
        assert len({id(getattr(point, name)) for point in points}) == 1
    assert points[0].resource.service == "shop"


def test_profiles_are_refused() -> None:
    with pytest.raises(ValueError, match="profiles"):
        EventReader(Signal.PROFILES)
