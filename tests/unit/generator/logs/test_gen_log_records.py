"""Log records as they are sent: shares, severities, and the spans that they belong to."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status, TracesData

from log_world import (
    HORIZON_NANOS,
    TOPOLOGY,
    PlacedRecord,
    SampleRequests,
    decoded,
    log_factory,
    plain,
)
from telemetry_generator.encode.traces import TraceEncoder
from telemetry_generator.logs.severity import Severity

COUNT = 3_000


@pytest.fixture(scope="module")
def spans() -> dict[bytes, tuple[ResourceSpans, Span]]:
    """Every span of the set by its id, as a receiver sees it."""
    requests = SampleRequests()
    data, _ = TraceEncoder(TOPOLOGY).encode(requests.table(0, requests.requests))
    return {
        span.span_id: (group, span)
        for group in TracesData.FromString(data).resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    }


@pytest.fixture(scope="module")
def records() -> list[PlacedRecord]:
    return decoded(log_factory(count=COUNT))


def types(http_access: float, application: float, system: float) -> dict[str, dict[str, float]]:
    shares = {"http_access": http_access, "application": application, "system": system}
    return {name: {"percentage": share} for name, share in shares.items()}


def of_type(records: list[PlacedRecord], log_type: str) -> list[PlacedRecord]:
    return [record for record in records if record.type == log_type]


def test_types_come_at_their_exact_percentages(records: list[PlacedRecord]) -> None:
    counted = Counter(record.type for record in records)
    assert counted == {"http_access": 1200, "application": 1200, "system": 600}


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 2500), st.integers(0, 1000), st.integers(0, 1000))
def test_any_count_is_shared_out_to_less_than_a_record(count: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    shares = {"http_access": low, "application": high - low, "system": 1000 - high}
    percent = types(*(share / 10 for share in shares.values()))
    counted = Counter(r.type for r in decoded(log_factory(count=count, types=percent)))
    assert sum(counted.values()) == count
    assert all(abs(counted[name] - count * share / 1000) < 1 for name, share in shares.items())


def test_records_stand_in_spans_of_the_set_and_under_their_resource(
    records: list[PlacedRecord], spans: dict[bytes, tuple[ResourceSpans, Span]]
) -> None:
    tied = [one for one in records if one.record.span_id]
    assert len(tied) == 2400
    for resource, _, record in tied:
        group, span = spans[record.span_id]
        assert record.trace_id == span.trace_id
        assert span.start_time_unix_nano <= record.time_unix_nano <= span.end_time_unix_nano
        assert resource == group.resource
        assert record.flags == span.flags & 0xFF


def test_access_logs_say_what_their_server_spans_say(
    records: list[PlacedRecord], spans: dict[bytes, tuple[ResourceSpans, Span]]
) -> None:
    for one in of_type(records, "http_access"):
        span = spans[one.record.span_id][1]
        told = plain(span.attributes)
        assert span.kind == Span.SPAN_KIND_SERVER
        assert one.record.time_unix_nano == span.end_time_unix_nano
        own = {key: value for key, value in one.attributes.items() if key != "log.type"}
        assert own.items() <= told.items()
        assert own.keys() >= {"http.request.method", "url.path", "client.address", "http.route"}
        assert one.record.body.string_value == combined_line(told)


def combined_line(told: dict[str, Any]) -> str:
    """Return the line of a request in the combined log format."""
    query = f"?{told['url.query']}" if "url.query" in told else ""
    request = f"{told['http.request.method']} {told['url.path']}{query} HTTP/1.1"
    size = told.get("http.response.body.size", "-")
    code = told["http.response.status_code"]
    agent = told["user_agent.original"]
    return f'{told["client.address"]} - - "{request}" {code} {size} "-" "{agent}"'


def test_severities_of_access_logs_follow_the_response(records: list[PlacedRecord]) -> None:
    for one in of_type(records, "http_access"):
        code = one.attributes["http.response.status_code"]
        expected = "ERROR" if code >= 500 else "WARN" if code >= 400 else "INFO"
        assert one.record.severity_text == expected
        assert ("error.type" in one.attributes) == (code >= 500)


def test_a_request_is_logged_once_while_they_last(records: list[PlacedRecord]) -> None:
    served = Counter(one.record.span_id for one in of_type(records, "http_access"))
    assert max(served.values()) - min(served.values()) <= 1


def test_errors_are_logged_in_failed_spans_with_their_exception(
    records: list[PlacedRecord], spans: dict[bytes, tuple[ResourceSpans, Span]]
) -> None:
    errors = [r for r in of_type(records, "application") if r.record.severity_text == "ERROR"]
    assert errors
    for one in errors:
        span = spans[one.record.span_id][1]
        length = span.end_time_unix_nano - span.start_time_unix_nano
        assert span.status.code == Status.STATUS_CODE_ERROR
        assert one.record.time_unix_nano >= span.start_time_unix_nano + length * 3 // 4
        assert {"exception.type", "exception.message", "error.type"} <= one.attributes.keys()


def test_only_errors_report_exceptions(records: list[PlacedRecord]) -> None:
    for one in records:
        is_error = one.type == "application" and one.record.severity_text == "ERROR"
        assert ("exception.type" in one.attributes) is is_error


@pytest.mark.parametrize("percentage", [0, 12.5, 50, 99.9])
def test_the_share_in_spans_is_as_configured(percentage: float) -> None:
    made = decoded(log_factory(count=2000, spans={"percentage": percentage}))
    for log_type in ("http_access", "application"):
        tied = sum(1 for one in of_type(made, log_type) if one.record.span_id)
        assert abs(tied - 800 * percentage / 100) <= 1
    assert all(one.record.span_id or not one.record.trace_id for one in made)


def test_without_failed_spans_errors_belong_to_no_span() -> None:
    share = {"application": {"percentage": 100, "services": ["mailer"]}, **none_but_application()}
    made = decoded(log_factory(SampleRequests(requests=1), count=200, types=share))
    errors = [one for one in made if one.record.severity_text == "ERROR"]
    assert errors
    assert not any(one.record.span_id for one in errors)


def none_but_application() -> dict[str, Any]:
    return {"http_access": {"percentage": 0}, "system": {"percentage": 0}}


def test_severities_have_their_weights() -> None:
    weights = {"TRACE": 5, "DEBUG": 10, "INFO": 50, "WARN": 20, "ERROR": 10, "FATAL": 5}
    share = {"application": {"percentage": 100, "severities": weights}, **none_but_application()}
    made = decoded(log_factory(count=4000, types=share))
    counted = Counter(one.record.severity_text for one in made)
    # Five standard deviations of a binomial: one run in a million would fail by chance, and this
    # one is always the same.
    for name, weight in weights.items():
        expected = 40 * weight
        assert abs(counted[name] - expected) < 5 * (expected * (1 - weight / 100)) ** 0.5


def test_a_severity_without_weight_does_not_come_up() -> None:
    share = {"application": {"percentage": 100, "severities": {"WARN": 1, "INFO": 0}}}
    made = decoded(log_factory(count=300, types={**share, **none_but_application()}))
    assert {one.record.severity_text for one in made} == {"WARN"}


def test_severity_numbers_fit_their_texts(records: list[PlacedRecord]) -> None:
    for one in records:
        assert int(one.record.severity_number) == Severity[one.record.severity_text].value


def test_system_logs_come_from_hosts_and_belong_to_no_span(records: list[PlacedRecord]) -> None:
    hosts = [node.host for node in TOPOLOGY.infrastructure.nodes]
    known = {str(dict(host.attributes)["host.name"]) for host in hosts}
    system = of_type(records, "system")
    assert {plain(one.resource.attributes)["host.name"] for one in system} == known
    for one in system:
        assert not one.record.trace_id + one.record.span_id
        assert "service.name" not in plain(one.resource.attributes)
        assert one.attributes["process.executable.name"] == one.scope


def test_records_are_collected_soon_after_they_happen_within_the_horizon(
    records: list[PlacedRecord],
) -> None:
    for _, _, record in records:
        assert 1 <= record.time_unix_nano <= record.observed_time_unix_nano <= HORIZON_NANOS
        delay = record.observed_time_unix_nano - record.time_unix_nano
        assert delay < 10_000_000
        assert delay >= 1_000 or record.observed_time_unix_nano == HORIZON_NANOS


def test_records_are_grouped_by_resource_and_scope_and_in_order(
    records: list[PlacedRecord],
) -> None:
    groups = [(one.resource.SerializeToString(), one.scope) for one in records]
    changes = 1 + sum(a != b for a, b in pairwise(groups))
    assert changes == len(set(groups))
    for before, after in pairwise(records):
        same = before.resource == after.resource and before.scope == after.scope
        assert not same or before.record.time_unix_nano <= after.record.time_unix_nano


def test_without_traces_logs_carry_no_ids_and_may_lie_anywhere() -> None:
    made = decoded(log_factory(None, count=COUNT))
    assert Counter(one.type for one in made)["http_access"] == 1200
    assert not any(one.record.span_id or one.record.trace_id or one.record.flags for one in made)
    times = [one.record.time_unix_nano for one in made]
    assert min(times) < HORIZON_NANOS // 100
    assert max(times) > HORIZON_NANOS * 99 // 100


def test_made_up_requests_look_like_real_ones() -> None:
    made = of_type(decoded(log_factory(None, count=COUNT)), "http_access")
    services = {plain(one.resource.attributes)["service.name"] for one in made}
    assert services == {"web", "orders"}
    assert {one.record.severity_text for one in made} == {"INFO", "WARN", "ERROR"}
    for one in made:
        assert one.record.body.string_value == combined_line(one.attributes)


@pytest.mark.parametrize("traces", [None, SampleRequests()])
def test_types_can_be_limited_to_services(traces: SampleRequests | None) -> None:
    share = {"http_access": {"services": ["orders"]}, "application": {"services": ["payment"]}}
    made = decoded(log_factory(traces, count=1000, types=share))
    for log_type, service in (("http_access", "orders"), ("application", "payment")):
        some = of_type(made, log_type)
        assert len(some) == 400
        assert {plain(one.resource.attributes)["service.name"] for one in some} == {service}


def test_databases_caches_and_queues_log_what_such_stores_do() -> None:
    share = {"application": {"percentage": 0}, "database": {"percentage": 40}}
    made = of_type(decoded(log_factory(count=2000, types=share)), "database")
    names = {name_of(one) for one in made}
    assert names == {"orders-db", "legacy-db", "session-cache", "events"}
    caches = {one.scope for one in made if name_of(one) == "session-cache"}
    assert caches == {"command", "server", "replication", "slowlog"}
    assert not any(one.record.span_id for one in made)


def name_of(record: PlacedRecord) -> str:
    return str(plain(record.resource.attributes)["container.name"])


def test_stores_can_be_chosen_by_name() -> None:
    chosen = {"percentage": 40, "services": ["legacy-db"]}
    share = {"application": {"percentage": 0}, "database": chosen}
    made = of_type(decoded(log_factory(count=500, types=share)), "database")
    assert {name_of(one) for one in made} == {"legacy-db"}
