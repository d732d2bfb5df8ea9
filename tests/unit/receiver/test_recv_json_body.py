"""OTLP/JSON becomes the protobuf that it stands for."""

import base64
import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otlp_samples import sample
from otlp_server import REQUESTS
from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import UndecodableError
from telemetry_sender.receiver.server.json_body import read_by_protobuf, to_protobuf
from telemetry_sender.receiver.server.json_message import build_message

# The example of the OTLP specification, with a link, an unknown field and every way of numbers.
SPAN = {
    "traceId": "5B8EFFF798038103D269B633813FC60C",
    "spanId": "eee19b7ec3c1b174",
    "parentSpanId": "eee19b7ec3c1b173",
    "name": "I'm a server span",
    "startTimeUnixNano": "1544712660000000000",
    "endTimeUnixNano": 1544712661000000000,
    "kind": 2,
    "attributes": [
        {"key": "traceId", "value": {"stringValue": "no id"}},
        {"key": "n", "value": {"intValue": "-9007199254740993"}},
        {"key": "raw", "value": {"bytesValue": "AAH/"}},
        {"key": "map", "value": {"kvlistValue": {"values": [{"key": "spanId", "value": {}}]}}},
    ],
    "links": [{"traceId": "5b8efff798038103d269b633813fc60d", "spanId": "eee19b7ec3c1b175"}],
    "someFieldOfTheFuture": {"a": [1]},
}


def _body(span: dict[str, Any]) -> bytes:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()


def test_every_field_arrives() -> None:
    request = ExportTraceServiceRequest.FromString(to_protobuf(Signal.TRACES, _body(SPAN)))
    (span,) = request.resource_spans[0].scope_spans[0].spans
    assert span.trace_id.hex() == "5b8efff798038103d269b633813fc60c"
    assert span.span_id.hex() == "eee19b7ec3c1b174"
    assert span.parent_span_id.hex() == "eee19b7ec3c1b173"
    assert span.start_time_unix_nano == 1_544_712_660_000_000_000
    assert span.end_time_unix_nano == 1_544_712_661_000_000_000
    assert span.kind == 2
    assert span.attributes[0].value.string_value == "no id"
    assert span.attributes[1].value.int_value == -9_007_199_254_740_993
    assert span.attributes[2].value.bytes_value == b"\x00\x01\xff"
    assert span.attributes[3].value.kvlist_value.values[0].key == "spanId"
    assert span.links[0].trace_id.hex() == "5b8efff798038103d269b633813fc60d"


@pytest.mark.parametrize("signal", Signal)
def test_nothing_is_an_empty_request(signal: Signal) -> None:
    assert to_protobuf(signal, b"{}") == b""


def test_profile_ids_are_hexadecimal_too() -> None:
    body = {"resourceProfiles": [{"scopeProfiles": [{"profiles": [{"profileId": "0a" * 16}]}]}]}
    payload = to_protobuf(Signal.PROFILES, json.dumps(body).encode())
    request: Any = REQUESTS[Signal.PROFILES].FromString(payload)
    profile = request.resource_profiles[0].scope_profiles[0].profiles[0]
    assert profile.profile_id == b"\x0a" * 16


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b'{"resourceSpans": 7}',
        b'{"resourceSpans": [7]}',
        b'{"resourceSpans": [{"\\ud800": 1}], "resource_spans": 1}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        _body({"traceId": "not hexadecimal"}),
        _body({"traceId": 7}),
        _body({"startTimeUnixNano": "soon"}),
        _body({"startTimeUnixNano": -1}),
        _body({"kind": "SPAN_KIND_OF_MAGIC", "name": []}),
    ],
)
def test_what_is_no_such_request_says_so(body: bytes) -> None:
    with pytest.raises(UndecodableError, match="not an OTLP traces request in JSON: "):
        to_protobuf(Signal.TRACES, body)


_IDS = ("traceId", "spanId", "parentSpanId", "profileId")
_NAMES = (
    *SPAN,
    *("resourceSpans", "scopeSpans", "spans", "resourceMetrics", "scopeMetrics", "metrics"),
    *("gauge", "sum", "dataPoints", "asInt", "asDouble", "value", "stringValue", "boolValue"),
    *("arrayValue", "values", "bytesValue", "key", "trace_id", "time_unix_nano", "flags"),
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**65), 2**65)
    | st.floats()
    | st.text()
    | st.sampled_from(
        ["", "7", "-7", "0a", "AAH/", "1e3", "NaN", " 1", "\ud800", "STATUS_CODE_OK"]
    ),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(_NAMES), inner),
)
# Under the names that lead to spans and points, so that most examples get that far.
_REQUEST = st.builds(
    lambda spans, points: {
        "resourceSpans": [{"scopeSpans": [{"spans": spans}]}],
        "resourceMetrics": [{"scopeMetrics": [{"metrics": [{"gauge": {"dataPoints": points}}]}]}],
    },
    st.lists(_JSON),
    st.lists(_JSON),
)


def _outcome(read: Callable[[Signal, bytes], bytes], signal: Signal, body: bytes) -> bytes | None:
    try:
        return read(signal, body)
    except UndecodableError:
        return None


@given(_JSON | _REQUEST, st.sampled_from([Signal.TRACES, Signal.METRICS]))
@settings(max_examples=100)
def test_any_json_is_what_protobufs_own_reader_says(value: object, signal: Signal) -> None:
    body = json.dumps(value).encode()
    assert _outcome(to_protobuf, signal, body) == _outcome(read_by_protobuf, signal, body)


@pytest.mark.parametrize("signal", Signal)
@given(rng=st.randoms(use_true_random=False))
def test_every_field_of_any_request_is_what_protobufs_own_reader_says(
    signal: Signal, rng: Random
) -> None:
    request = sample(rng, signal)
    values = MessageToDict(request, use_integers_for_enums=True)
    body = json.dumps(_with_hexadecimal_ids(values)).encode()
    assert to_protobuf(signal, body) == read_by_protobuf(signal, body)


def _with_hexadecimal_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_hexadecimal_ids(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.b64decode(each).hex() if name in _IDS else _with_hexadecimal_ids(each)
        for name, each in value.items()
    }


def test_the_usual_way_of_writing_needs_no_second_reader() -> None:
    """What all exporters write is understood at once; only that is fast."""
    usual = {name: value for name, value in SPAN.items() if not isinstance(value, float)}
    values = json.loads(_body(usual))
    built = build_message(REQUESTS[Signal.TRACES], values).SerializeToString()
    assert built == read_by_protobuf(Signal.TRACES, _body(usual))
