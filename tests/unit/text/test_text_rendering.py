"""Rendering follows what a protobuf parser makes of the bytes, and what JSON can hold."""

import json
import math
import struct
from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    ExponentialHistogram,
    ExponentialHistogramDataPoint,
    Gauge,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    Sum,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from json_requests import read_request
from otlp_samples import ROOTS
from telemetry_common.planning.wire import WireError
from telemetry_common.signals import Signal
from telemetry_sender.text.fields import SlotKind
from telemetry_sender.text.renderer import Renderer


def rendered(signal: Signal, data: bytes) -> Any:
    """Return the text as JSON."""
    return json.loads(Renderer(signal).render(data).text)


def delimited(number: int, body: bytes) -> bytes:
    assert len(body) < 0x4000
    size = (
        bytes([len(body)]) if len(body) < 0x80 else bytes([len(body) & 0x7F | 0x80, len(body) >> 7])
    )
    return bytes([number << 3 | 2]) + size + body


def rendered_record(record: bytes) -> Any:
    """Return a log record as JSON from its bytes."""
    data = delimited(1, delimited(2, delimited(2, record)))
    return rendered(Signal.LOGS, data)["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]


def rendered_metric(metric: bytes) -> Any:
    data = delimited(1, delimited(2, delimited(2, metric)))
    return rendered(Signal.METRICS, data)["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]


def body_of(value: bytes) -> Any:
    """Return an AnyValue as JSON from its bytes."""
    return rendered_record(delimited(5, value)).get("body")


TEXTS = [
    "", "plain", 'say "hi"', "back\\slash", "".join(map(chr, range(32))), "\x7f", "é", "漢字", "😀",
    "\u2028\u2029", "</script>", "a" * 200,
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_strings_are_escaped(text: str) -> None:
    """In values, in keys and in names alike."""
    record = LogRecord(severity_text=text, attributes=[KeyValue(key=text)])
    record.attributes[0].value.string_value = text
    read = rendered_record(record.SerializeToString())
    assert read["attributes"] == [
        {"key": text, "value": {"stringValue": text}} if text else ANY_EMPTY
    ]
    assert read.get("severityText", "") == text


ANY_EMPTY = {"value": {"stringValue": ""}}


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"\xff", "\ufffd"), (b"a\xc3", "a\ufffd"), (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd")],
)
def test_bytes_that_are_not_utf_8_are_replaced(raw: bytes, text: str) -> None:
    """Broken characters and lone surrogates: protobuf parsers refuse the request."""
    assert body_of(delimited(1, raw)) == {"stringValue": text}
    assert rendered_record(delimited(6, delimited(1, raw)))["attributes"] == [{"key": text}]


@pytest.mark.parametrize("number", [0, 1, 127, 128, 2**31, 2**55, 2**56, 2**63 - 1, -1, -(2**63)])
def test_64_bit_integers_are_strings(number: int) -> None:
    record = LogRecord(attributes=[KeyValue(key="n", value=AnyValue(int_value=number))])
    record.body.int_value = number
    read = rendered_record(record.SerializeToString())
    assert read["body"] == {"intValue": str(number)}
    assert read["attributes"] == [{"key": "n", "value": {"intValue": str(number)}}]


@pytest.mark.parametrize("offset", [-(2**31), -1, 0, 1, 2**31 - 1])
def test_32_bit_integers_are_numbers(offset: int) -> None:
    """Signed ones are of two kinds on the wire."""
    point = ExponentialHistogramDataPoint(scale=offset, flags=2**32 - 1)
    point.positive.offset = offset
    point.positive.bucket_counts[:] = [0, 2**64 - 1]
    metric = Metric(exponential_histogram=ExponentialHistogram(data_points=[point]))
    read = rendered_metric(metric.SerializeToString())["exponentialHistogram"]["dataPoints"][0]
    assert read.get("scale", 0) == offset
    assert read["flags"] == 2**32 - 1
    assert read["positive"].get("offset", 0) == offset
    assert read["positive"]["bucketCounts"] == ["0", str(2**64 - 1)]


def test_enums_are_numbers_also_negative_and_unknown_ones() -> None:
    span = Span(kind=Span.SPAN_KIND_SERVER, status=Status(code=Status.STATUS_CODE_ERROR))
    data = delimited(1, delimited(2, delimited(2, span.SerializeToString())))
    read = rendered(Signal.TRACES, data)["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    assert (read["kind"], read["status"]) == (2, {"code": 2})
    assert rendered_record(b"\x10" + b"\xff" * 9 + b"\x01")["severityNumber"] == -1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, 0.1), (-0.0, -0.0), (5e-324, 5e-324), (-1.79769313486231e308, -1.79769313486231e308),
        (math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity"),
    ],
)  # fmt: skip
def test_doubles_are_numbers_unless_json_has_none(value: float, text: object) -> None:
    read = body_of(AnyValue(double_value=value).SerializeToString())["doubleValue"]
    assert (read, str(read)) == (text, str(text))


def test_ids_are_hexadecimal_and_other_bytes_base64() -> None:
    record = LogRecord(trace_id=bytes(range(0xF0, 0x100)), span_id=b"\x0a" * 8)
    record.body.bytes_value = b"\xff\xfe"
    read = rendered_record(record.SerializeToString())
    assert read["traceId"] == "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
    assert read["spanId"] == "0a" * 8
    assert read["body"] == {"bytesValue": "//4="}


def test_ids_of_a_wrong_width_stay_what_they_are() -> None:
    assert rendered_record(delimited(9, b"\1\2"))["traceId"] == "0102"
    assert rendered_record(delimited(9, b""))["traceId"] == ""


@pytest.mark.parametrize("signal", list(Signal))
def test_an_empty_message_is_an_empty_object(signal: Signal) -> None:
    assert rendered(signal, b"") == {}


def test_messages_without_fields_are_there() -> None:
    """Absent and empty differ: an empty value, a resource without attributes, an empty list."""
    assert rendered(Signal.LOGS, b"\x0a\x02\x0a\x00") == {"resourceLogs": [{"resource": {}}]}
    assert rendered_record(b"\x2a\x00") == {"body": {}}
    array = AnyValue()
    array.array_value.SetInParent()
    assert body_of(array.SerializeToString()) == {"arrayValue": {}}


def test_nested_values_are_read_to_the_depth_of_the_protobuf_classes() -> None:
    value = b"\x10\x01"
    for _ in range(30):
        value = delimited(5, delimited(1, value))
    read = body_of(value)
    for _ in range(30):
        (read,) = read["arrayValue"]["values"]
    assert read == {"boolValue": True}


def test_values_nested_beyond_measure_are_refused_in_good_order() -> None:
    value = b"\x10\x01"
    for _ in range(2000):
        value = delimited(5, delimited(1, value))
    with pytest.raises(WireError, match="nested too deeply"):
        body_of(value)


def test_unknown_fields_are_dropped() -> None:
    """Of every wire type, groups included, and known numbers with a wire type not theirs."""
    unknown = b"\xf8\x06\x01" + b"\xf9\x06" + b"8" * 8 + b"\xfa\x06\x01x" + b"\xfd\x064444"
    group = b"\xfb\x06" + b"\x0a\x01x" + b"\xfb\x06\xfc\x06" + b"\xfc\x06"
    wrong = b"\x08\x05" + delimited(2, b"abc")
    assert rendered_record(unknown + group + wrong + delimited(3, b"INFO")) == {
        "severityText": "INFO"
    }


def test_the_last_of_a_singular_field_counts() -> None:
    assert rendered_record(b"\x10\x01\x1a\x01a\x10\x02")["severityNumber"] == 2


def test_parts_of_a_message_are_merged() -> None:
    """As a parser does it: lists are joined, values override, also where slots lie within."""
    first = Metric(name="a", gauge=Gauge(data_points=[NumberDataPoint(as_int=1)]))
    second = Metric(name="b", gauge=Gauge(data_points=[NumberDataPoint(as_int=2)]))
    read = rendered_metric(first.SerializeToString() + second.SerializeToString())
    assert read == {"name": "b", "gauge": {"dataPoints": [{"asInt": "1"}, {"asInt": "2"}]}}
    halves = delimited(1, delimited(1, b"a")) + delimited(1, delimited(1, b"b"))
    scope = rendered(Signal.LOGS, delimited(1, delimited(2, halves)))["resourceLogs"][0][
        "scopeLogs"
    ]
    assert scope == [{"scope": {"name": "b"}}]


def test_the_last_field_of_a_oneof_counts() -> None:
    """Another one between two parts of a message parts them."""
    total = Metric(sum=Sum(data_points=[NumberDataPoint(as_int=1)])).SerializeToString()
    gauge = Metric(gauge=Gauge(data_points=[NumberDataPoint(as_int=2)])).SerializeToString()
    assert rendered_metric(gauge + total) == {"sum": {"dataPoints": [{"asInt": "1"}]}}
    assert rendered_metric(total + gauge + total) == {"sum": {"dataPoints": [{"asInt": "1"}]}}
    assert body_of(b"\x10\x01" + delimited(1, b"x")) == {"stringValue": "x"}


def test_fields_of_a_list_may_stand_apart_packed_or_not() -> None:
    numbers = [struct.pack("<Q", number) for number in (1, 2, 3, 4)]
    name = HistogramDataPoint(time_unix_nano=7).SerializeToString()
    point = delimited(6, numbers[0] + numbers[1]) + name + b"\x31" + numbers[2] + delimited(6, b"")
    point += b"\x31" + numbers[3]
    read = rendered_metric(delimited(9, delimited(1, point)))["histogram"]["dataPoints"][0]
    assert read == {"timeUnixNano": "7", "bucketCounts": ["1", "2", "3", "4"]}
    bounds = delimited(7, struct.pack("<d", 0.5)) + b"\x39" + struct.pack("<d", 1.5)
    read = rendered_metric(delimited(9, delimited(1, bounds)))["histogram"]["dataPoints"][0]
    assert read == {"explicitBounds": [0.5, 1.5]}


@pytest.mark.parametrize(
    "record", [b"\x0b", b"\x0c", b"\x0f", b"\x2a\x7f", b"\x10\xff", b"\x09123", b"\x2a\x02\x10"]
)
def test_bytes_that_are_no_message_are_refused(record: bytes) -> None:
    with pytest.raises(WireError):
        rendered_record(record)


def test_a_slot_may_be_of_every_kind() -> None:
    """Each gets a field in which any value of its kind has room; what is no slot gets none."""
    record = LogRecord(trace_id=b"\1" * 16, span_id=b"\2" * 8, time_unix_nano=3)
    logs = LogsData()
    logs.resource_logs.add().scope_logs.add().log_records.append(record)
    assert kinds_of(Signal.LOGS, logs.SerializeToString()) == {
        SlotKind.WIDE_ID: 1, SlotKind.ID: 1, SlotKind.TIME: 1,
    }  # fmt: skip
    metrics = MetricsData()
    metric = metrics.resource_metrics.add().scope_metrics.add().metrics.add()
    metric.histogram.data_points.add(count=5, sum=1.5, bucket_counts=[2, 3], explicit_bounds=[1])
    metric.sum.data_points.add(as_int=4)
    whole = metrics.SerializeToString() + histogram_file()
    assert kinds_of(Signal.METRICS, whole) == {
        SlotKind.SIGNED: 1, SlotKind.UNSIGNED: 3, SlotKind.REAL: 1,
    }  # fmt: skip


def histogram_file() -> bytes:
    metrics = MetricsData()
    metric = metrics.resource_metrics.add().scope_metrics.add().metrics.add()
    metric.histogram.data_points.add(count=5, sum=1.5, bucket_counts=[2, 3], explicit_bounds=[1])
    return metrics.SerializeToString()


def kinds_of(signal: Signal, data: bytes) -> dict[SlotKind, int]:
    """Render with a slot wherever one may be; return how many there are of each kind."""
    made = Renderer(signal).render(data, range(len(data)))
    read_request(signal, made.text)
    assert ROOTS[signal].FromString(data).ByteSize() > 0
    return {kind: len(slots.wire) for kind, slots in made.slots.items()}
