"""OTLP/JSON becomes the protobuf that it stands for."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otlp_server import REQUESTS
from telemetry_common.signals import Signal
from telemetry_sender.receiver.intake import UndecodableError
from telemetry_sender.receiver.server.json_body import to_protobuf

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


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from([*SPAN, "resourceSpans", "scopeSpans", "spans"]), inner)
    ),
)


@given(_JSON, st.sampled_from(Signal))
def test_any_json_is_a_request_or_undecodable(value: object, signal: Signal) -> None:
    with contextlib.suppress(UndecodableError):
        REQUESTS[signal].FromString(to_protobuf(signal, json.dumps(value).encode()))
