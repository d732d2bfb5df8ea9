"""Spans say what the semantic conventions ask for, and both sides of a call say the same."""

import re
from collections import defaultdict
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from semantic_attributes import attribute_names
from span_decoding import attributes, decoded
from span_samples import sample_table, sample_topology
from telemetry_generator.encode.traces import TraceEncoder
from telemetry_generator.semantics.peers import instance_address
from telemetry_generator.traces.table import ROOT, Kind

TOPOLOGY = sample_topology()
HTTP_SERVER = {"http.request.method", "url.path", "url.scheme", "http.route", "server.port"}
HTTP_CLIENT = {"http.request.method", "server.address", "server.port", "url.full"}
RPC = {"rpc.system.name", "rpc.method", "rpc.response.status_code", "server.address"}
DATABASE = {"db.system.name", "db.namespace", "db.operation.name", "db.query.text"}
MESSAGE = {
    "messaging.system",
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.destination.name",
    "messaging.destination.partition.id",
    "messaging.message.id",
    "messaging.message.body.size",
    "messaging.kafka.offset",
    "server.address",
}
REQUIRED = {
    ("http.request.method", Span.SPAN_KIND_SERVER): {*HTTP_SERVER, "http.response.status_code"},
    ("http.request.method", Span.SPAN_KIND_CLIENT): {*HTTP_CLIENT, "http.response.status_code"},
    ("rpc.method", Span.SPAN_KIND_SERVER): {*RPC, "client.address"},
    ("rpc.method", Span.SPAN_KIND_CLIENT): {*RPC, "server.port"},
    ("db.system.name", Span.SPAN_KIND_CLIENT): {*DATABASE, "server.address", "server.port"},
    ("messaging.system", Span.SPAN_KIND_PRODUCER): MESSAGE,
    ("messaging.system", Span.SPAN_KIND_CONSUMER): {*MESSAGE, "messaging.consumer.group.name"},
    ("code.function.name", Span.SPAN_KIND_INTERNAL): {"code.file.path", "code.line.number"},
}
SHARED = {
    "http.request.method",
    "http.response.status_code",
    "http.request.body.size",
    "http.response.body.size",
    "rpc.method",
    "rpc.response.status_code",
    "server.address",
    "server.port",
}
SHARED_BY_MESSAGES = {
    "messaging.destination.name",
    "messaging.destination.partition.id",
    "messaging.message.id",
    "messaging.kafka.message.key",
    "messaging.kafka.offset",
    "messaging.message.body.size",
    "server.address",
}


@pytest.fixture(scope="module")
def spans() -> list[Span]:
    return decoded(TraceEncoder(TOPOLOGY).encode(sample_table(TOPOLOGY, 0, 500))[0])


def family(span: Span) -> str:
    """The attribute that says which conventions a span follows."""
    keys = {pair.key for pair in span.attributes}
    return next(key for key, _ in REQUIRED if key in keys)


def test_every_key_is_a_convention_or_clearly_an_application_s(spans: list[Span]) -> None:
    keys = {pair.key for span in spans for pair in span.attributes}
    keys |= {pair.key for span in spans for event in span.events for pair in event.attributes}
    own = {key for key in keys if key.startswith("app.")} - attribute_names()
    assert keys - own <= attribute_names()
    assert len(keys - own) > 40
    names = {event.name for span in spans for event in span.events}
    assert all(name == "exception" or name.startswith("app.") for name in names)


def test_required_attributes_are_there(spans: list[Span]) -> None:
    seen = set()
    for span in spans:
        key = (family(span), span.kind)
        assert REQUIRED[key] <= {pair.key for pair in span.attributes}, span.name
        seen.add(key)
    assert seen == set(REQUIRED)


def test_spans_carry_about_ten_attributes(spans: list[Span]) -> None:
    counts = [len(span.attributes) for span in spans]
    assert 9 <= sum(counts) / len(counts) <= 14


def test_names_have_low_cardinality(spans: list[Span]) -> None:
    """A route keeps its placeholders: no name has an id in it."""
    names = {span.name for span in spans}
    assert len(names) <= len(TOPOLOGY.operations)
    assert not any(re.search(r"\d{3}", name) for name in names)
    assert {"GET /orders/{id}", "SELECT orders", "send order-events"} <= names
    assert {"process order-events", "shop.payment.v1.PaymentService/Charge"} <= names


def test_values_differ_from_span_to_span(spans: list[Span]) -> None:
    seen = defaultdict(set)
    for span in spans:
        for key, value in attributes(span.attributes).items():
            seen[key].add(value)
    for key in ("url.path", "url.full", "messaging.message.id", "app.entity.id"):
        assert len(seen[key]) > 50, key
    for key in ("client.port", "http.response.body.size", "user_agent.original", "thread.id"):
        assert len(seen[key]) > 5, key


def calls(spans: list[Span]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Attributes of caller and callee."""
    clients = {span.span_id: span for span in spans if span.kind == Span.SPAN_KIND_CLIENT}
    return [
        (attributes(clients[span.parent_span_id].attributes), attributes(span.attributes))
        for span in spans
        if span.kind == Span.SPAN_KIND_SERVER and span.parent_span_id in clients
    ]


def test_both_sides_of_a_call_say_the_same(spans: list[Span]) -> None:
    found = calls(spans)
    assert len(found) > 200
    for caller, callee in found:
        common = SHARED & caller.keys() & callee.keys()
        assert {key: caller[key] for key in common} == {key: callee[key] for key in common}
        assert SHARED & caller.keys() == SHARED & callee.keys()


def test_the_url_asked_for_is_the_path_that_was_served(spans: list[Span]) -> None:
    found = [(caller, callee) for caller, callee in calls(spans) if "url.full" in caller]
    assert found
    for caller, callee in found:
        query = f"?{callee['url.query']}" if "url.query" in callee else ""
        place = f"{callee['server.address']}:{callee['server.port']}"
        assert caller["url.full"] == f"http://{place}{callee['url.path']}{query}"
        assert caller["url.template"] == callee["http.route"]


def test_each_side_knows_the_other_s_address() -> None:
    table = sample_table(TOPOLOGY, 0, 100)
    spans = {span.span_id: span for span in decoded(TraceEncoder(TOPOLOGY).encode(table)[0])}
    called = [row for row in range(len(table)) if table.kind[row] == Kind.SERVER]
    inner = [row for row in called if table.parent[row] != ROOT]
    assert inner
    for row in inner:
        parent = int(table.parent[row])
        callee = attributes(spans[int(table.span_id[row]).to_bytes(8, "little")].attributes)
        caller = attributes(spans[int(table.span_id[parent]).to_bytes(8, "little")].attributes)
        assert caller["network.peer.address"] == instance_address(int(table.instance[row]))
        assert callee["client.address"] == instance_address(int(table.instance[parent]))


def test_a_message_is_the_same_for_producer_and_consumer(spans: list[Span]) -> None:
    by_id = {span.span_id: span for span in spans}
    consumers = [span for span in spans if span.kind == Span.SPAN_KIND_CONSUMER]
    assert consumers
    for span in consumers:
        producer = attributes(by_id[span.links[0].span_id].attributes)
        consumer = attributes(span.attributes)
        for key in SHARED_BY_MESSAGES:
            assert producer[key] == consumer[key], key


def test_one_message_is_not_another(spans: list[Span]) -> None:
    producers = [span for span in spans if span.kind == Span.SPAN_KIND_PRODUCER]
    ids = [attributes(span.attributes)["messaging.message.id"] for span in producers]
    offsets = [attributes(span.attributes)["messaging.kafka.offset"] for span in producers]
    assert len(set(ids)) == len(ids) > 20
    assert len(set(offsets)) == len(offsets)
    assert all(1 << 28 <= offset < 1 << 35 for offset in offsets)


def test_an_error_status_goes_with_an_error_type(spans: list[Span]) -> None:
    failed = [span for span in spans if span.status.code == Status.STATUS_CODE_ERROR]
    assert failed
    for span in spans:
        has_type = "error.type" in attributes(span.attributes)
        assert has_type == (span.status.code == Status.STATUS_CODE_ERROR), span
        assert span.status.code != Status.STATUS_CODE_OK


def test_http_codes_are_errors_by_side(spans: list[Span]) -> None:
    """4xx is the client's mistake only, 5xx an error on both sides; the message stays empty."""
    seen = set()
    for span in spans:
        code = attributes(span.attributes).get("http.response.status_code")
        if code is None:
            continue
        is_client = span.kind == Span.SPAN_KIND_CLIENT
        expected = code >= 500 or (code >= 400 and is_client)
        assert (span.status.code == Status.STATUS_CODE_ERROR) == expected
        assert span.status.message == ""
        seen.add((is_client, code // 100))
    assert {(True, 2), (True, 4), (True, 5), (False, 2), (False, 4), (False, 5)} <= seen


def test_grpc_codes_are_errors_by_side(spans: list[Span]) -> None:
    """INVALID_ARGUMENT and NOT_FOUND are errors of the client; UNAVAILABLE is one of both."""
    seen = set()
    for span in spans:
        code = attributes(span.attributes).get("rpc.response.status_code")
        if code is None:
            continue
        is_client = span.kind == Span.SPAN_KIND_CLIENT
        lenient = {"OK"} if is_client else {"OK", "INVALID_ARGUMENT", "NOT_FOUND"}
        assert (span.status.code == Status.STATUS_CODE_ERROR) == (code not in lenient)
        seen.add((is_client, code))
    assert {code for _, code in seen} >= {"OK", "NOT_FOUND", "UNAVAILABLE", "INVALID_ARGUMENT"}


def test_stores_tell_their_code_when_they_fail(spans: list[Span]) -> None:
    for span in spans:
        said = attributes(span.attributes)
        if "db.system.name" in said:
            failed = span.status.code == Status.STATUS_CODE_ERROR
            assert ("db.response.status_code" in said) == failed
            assert said.get("error.type") == said.get("db.response.status_code")


def test_retries_are_numbered() -> None:
    table = sample_table(TOPOLOGY, 0, 200)
    spans = {span.span_id: span for span in decoded(TraceEncoder(TOPOLOGY).encode(table)[0])}
    counted = 0
    for row in range(len(table)):
        span = spans[int(table.span_id[row]).to_bytes(8, "little")]
        said = attributes(span.attributes)
        if "url.full" in said:
            expected = int(table.attempt[row])
            assert said.get("http.request.resend_count", 0) == expected
            counted += expected > 0
    assert counted


STACKS = {
    "java": r"\A.*: it broke\n\tat [\w.]+\([\w.]+:\d+\)\n",
    "go": r"\A.*: it broke\n\ngoroutine \d+ \[running\]:\n[\w.]+\(\.\.\.\)\n\t/src/[\w/]+\.go:\d+",
    "python": r"\ATraceback \(most recent call last\):\n  File \".*\", line \d+, in \w+\n",
    "nodejs": r"\A.*: it broke\n    at [\w.]+ \(/srv/[\w/]+\.js:\d+:\d+\)\n",
}


def test_where_a_failure_starts_there_is_an_exception_of_the_service_s_language() -> None:
    table = sample_table(TOPOLOGY, 0, 300)
    spans = {span.span_id: span for span in decoded(TraceEncoder(TOPOLOGY).encode(table)[0])}
    seen = set()
    for row in range(len(table)):
        span = spans[int(table.span_id[row]).to_bytes(8, "little")]
        events = [event for event in span.events if event.name == "exception"]
        assert len(events) == (table.outcome[row] == 3)
        for event in events:
            language = TOPOLOGY.services[table.service[row]].language
            said = attributes(event.attributes)
            assert said["exception.type"] == "RuntimeError"
            assert said["exception.message"] == "it broke"
            assert re.search(STACKS[language], said["exception.stacktrace"]), language
            seen.add(language)
    assert seen == set(STACKS)


def test_flags_tell_a_remote_parent(spans: list[Span]) -> None:
    for span in spans:
        remote = span.kind == Span.SPAN_KIND_SERVER and bool(span.parent_span_id)
        assert span.flags & ~1 == 0x100 | 0x200 * remote
        assert all(link.flags & ~1 == 0x300 for link in span.links)
