"""Logs of a generated system: they agree with its traces, record by record."""

from collections import Counter

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status, TracesData

from log_world import PlacedRecord, all_decoded, plain
from telemetry_generator.config.infrastructure import InfrastructureConfig
from telemetry_generator.config.logs import LogsConfig
from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.encode.traces import TraceEncoder
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.world.build import build_topology
from telemetry_generator.world.model import Topology

HORIZON_NANOS = 60 * 10**9
REQUESTS = 1_500
RECORDS = 12_000

Spans = dict[bytes, tuple[ResourceSpans, Span]]


@pytest.fixture(scope="module")
def topology() -> Topology:
    return build_topology(ServicesConfig(count=10), None, InfrastructureConfig(), 5)


@pytest.fixture(scope="module")
def traces(topology: Topology) -> TraceFactory:
    return TraceFactory.of(TracesConfig(count=REQUESTS), topology, 5, HORIZON_NANOS)


@pytest.fixture(scope="module")
def spans(traces: TraceFactory) -> Spans:
    data, _ = TraceEncoder(traces.topology).encode(traces.table(0, REQUESTS))
    return {
        span.span_id: (group, span)
        for group in TracesData.FromString(data).resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    }


@pytest.fixture(scope="module")
def records(topology: Topology, traces: TraceFactory) -> list[PlacedRecord]:
    return all_decoded(LogFactory(LogsConfig(count=RECORDS), topology, traces, 5, HORIZON_NANOS))


def test_no_record_is_outside_its_span_or_under_another_resource(
    records: list[PlacedRecord], spans: Spans
) -> None:
    tied = [one for one in records if one.record.span_id]
    assert len(tied) > RECORDS * 0.79
    for one in tied:
        group, span = spans[one.record.span_id]
        assert one.record.trace_id == span.trace_id
        assert one.resource == group.resource
        at = one.record.time_unix_nano
        assert span.start_time_unix_nano <= at <= span.end_time_unix_nano


def test_errors_of_applications_are_in_failed_spans(
    records: list[PlacedRecord], spans: Spans
) -> None:
    errors = [one for one in records if "exception.type" in one.attributes]
    assert errors
    for one in errors:
        assert spans[one.record.span_id][1].status.code == Status.STATUS_CODE_ERROR


def test_access_logs_agree_with_their_spans(records: list[PlacedRecord], spans: Spans) -> None:
    access = [one for one in records if one.type == "http_access"]
    assert len(access) == RECORDS * 0.4
    for one in access:
        told = plain(spans[one.record.span_id][1].attributes)
        own = {key: value for key, value in one.attributes.items() if key != "log.type"}
        assert own.items() <= told.items()
        assert {"client.address", "url.path", "http.response.status_code"} <= own.keys()


def test_nearly_every_request_is_logged_about_as_often(
    records: list[PlacedRecord], spans: Spans
) -> None:
    served = {
        span_id
        for span_id, (_, span) in spans.items()
        if span.kind == Span.SPAN_KIND_SERVER and "http.route" in plain(span.attributes)
    }
    lines = Counter(one.record.span_id for one in records if one.type == "http_access")
    assert lines.keys() <= served
    assert max(lines.values()) <= 2 + RECORDS * 0.4 / len(served)


def test_system_logs_come_from_the_machines_and_name_what_runs_there(
    records: list[PlacedRecord], topology: Topology
) -> None:
    hosts = {str(node.host["host.name"]) for node in topology.infrastructure.nodes}
    system = [one for one in records if one.type == "system"]
    assert {plain(one.resource.attributes)["host.name"] for one in system} == hosts
    pods = {str(pod.pod["k8s.pod.name"]) for pod in topology.infrastructure.pods}
    added = [one.record.body.string_value for one in system if "SyncLoop ADD" in str(one.record)]
    assert added
    assert all(text.split("/")[1].removesuffix('"]') in pods for text in added)
