"""Records of the dialect melt: their joins, labels and metadata."""

from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.metrics.v1.metrics_pb2 import Gauge, Metric, MetricsData, NumberDataPoint
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from core_support import committed_data
from handmade_set import TRACE_1, HandmadeSet, attributes, span_id
from record_lines import RESOURCE, assert_joined, lines_of, lines_of_logs, lines_of_spans
from telemetry_common.signals import Signal
from telemetry_sender.records.dialects.melt import DIALECT

FAILED = Status(code=Status.STATUS_CODE_ERROR)


def spans(*members: Span) -> list[dict[str, Any]]:
    return lines_of_spans(DIALECT, *members)


def a_span(**fields: Any) -> Span:
    least: dict[str, Any] = {"trace_id": TRACE_1, "span_id": span_id(1), "start_time_unix_nano": 1}
    return Span(**least | {"name": "SELECT users", "end_time_unix_nano": 150_000_001} | fields)


def a_log(**fields: Any) -> LogRecord:
    return LogRecord(time_unix_nano=1, **fields)


def points(*members: NumberDataPoint) -> list[dict[str, Any]]:
    data = MetricsData()
    group = data.resource_metrics.add(resource=Resource(attributes=RESOURCE))
    gauge = Metric(name="cpu", unit="%", gauge=Gauge(data_points=members))
    group.scope_metrics.add(metrics=[gauge])
    return lines_of(DIALECT, {Signal.METRICS: data})["metrics"]


def logs(*records: LogRecord, scope: str = "ci-cd-pipeline") -> dict[str, list[dict[str, Any]]]:
    return lines_of_logs(DIALECT, *records, scope=scope)


def test_logs_and_events_name_spans_and_parents_are_spans_of_the_trace() -> None:
    found = lines_of(DIALECT, committed_data(), passes=3)
    spans = assert_joined(found["traces"])
    joined = [each for each in found["logs"] if each["trace_id"] is not None]
    assert len(joined) > 100
    assert {(each["trace_id"], each["span_id"]) for each in joined} <= spans
    named = {each["metadata"]["correlation_id"] for each in found["events"]}
    assert len(named) == 3
    assert named <= {trace for trace, _ in spans}


def test_a_point_has_four_labels_and_the_attributes_of_its_series() -> None:
    said = NumberDataPoint(time_unix_nano=1, as_double=45.2, attributes=attributes(cpu="0"))
    (record,) = points(said)
    assert record["value"] == 45.2
    assert record["timestamp"].endswith("Z")
    assert record["labels"] == {
        "service": "cart",
        "host": "node-1",
        "environment": "staging",
        "unit": "%",
    }
    assert record["attributes"] == {"cpu": "0"}


def test_a_point_is_an_anomaly_only_when_it_is_labelled() -> None:
    labels: list[Any] = [{}, {"app__anomaly": True}, {"app__anomaly": False}]
    members = [
        NumberDataPoint(time_unix_nano=1, as_int=3, attributes=attributes(**each))
        for each in labels
    ]
    records = points(*members)
    assert [each["anomaly"] for each in records] == [False, True, False]
    assert all(each["attributes"] == {} for each in records)


def test_the_value_of_a_distribution_is_its_mean() -> None:
    records = lines_of(DIALECT, {Signal.METRICS: HandmadeSet().metrics}, passes=2)["metrics"]
    means = {"http.duration": 4 / 3, "queue.wait": 1.0, "gc.pause": 2.0}
    for name, mean in means.items():
        assert [each["value"] for each in records if each["metric_name"] == name] == [mean, mean]


def test_counters_grow_from_pass_to_pass() -> None:
    records = lines_of(DIALECT, {Signal.METRICS: HandmadeSet().metrics}, passes=3)["metrics"]
    assert [each["value"] for each in records if each["metric_name"] == "http.requests"] == [
        7,
        14,
        21,
    ]


@pytest.mark.parametrize(
    "said", [{"as_double": float("nan")}, {"as_double": 1.0, "flags": 1}, {"attributes": []}]
)
def test_a_value_that_is_no_number_is_null(said: dict[str, Any]) -> None:
    (record,) = points(NumberDataPoint(time_unix_nano=1, **said))
    assert record["value"] is None


def test_a_span_has_tags_of_its_place_and_its_own() -> None:
    own = attributes(db__system__name="postgresql", environment="its own")
    (record,) = spans(a_span(kind=Span.SPAN_KIND_CLIENT, attributes=own))
    assert record["operation_name"] == "SELECT users"
    assert record["duration"] == 150_000
    assert record["status"] == "ok"
    assert record["tags"] == {
        "service.name": "cart",
        "service.version": "1.4.0",
        "environment": "its own",
        "host.name": "node-1",
        "span.kind": "client",
        "db.system.name": "postgresql",
    }


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, "error"),
        ({"error__type": "java.util.concurrent.TimeoutException"}, "timeout"),
        ({"error__type": "DEADLINE_EXCEEDED"}, "timeout"),
        ({"error__type": "504"}, "timeout"),
        ({"http__response__status_code": 408}, "timeout"),
        ({"error__type": "500", "http__response__status_code": 500}, "error"),
    ],
)
def test_a_failure_is_a_timeout_where_its_code_says_so(said: dict[str, Any], status: str) -> None:
    (record,) = spans(a_span(status=FAILED, attributes=attributes(**said)))
    assert record["status"] == status


def test_a_failure_is_a_timeout_where_its_message_or_exception_says_so() -> None:
    late = Status(code=Status.STATUS_CODE_ERROR, message="connection to server timed out")
    thrown = Span.Event(
        time_unix_nano=2, name="exception", attributes=attributes(exception__type="ReadTimeout")
    )
    records = spans(a_span(status=late), a_span(span_id=span_id(2), status=FAILED, events=[thrown]))
    assert [each["status"] for each in records] == ["timeout", "timeout"]


def test_a_span_that_did_not_fail_is_no_timeout() -> None:
    (record,) = spans(a_span(attributes=attributes(http__response__status_code=504)))
    assert record["status"] == "ok"


def test_an_event_says_who_noted_it_and_where() -> None:
    said = attributes(log__record__uid="01J9")
    found = logs(
        a_log(
            event_name="deployment",
            severity_number=9,
            body=AnyValue(string_value="cart 1.4.0 is out"),
            attributes=said,
        )
    )
    (record,) = found["events"]
    assert record["source"] == "ci-cd-pipeline"
    assert record["message"] == "cart 1.4.0 is out"
    assert record["severity"] == "info"
    assert record["metadata"] == {
        "service": "cart",
        "version": "1.4.0",
        "host": "node-1",
        "environment": "staging",
        "event_id": "01J9",
        "correlation_id": None,
    }


def test_an_event_of_a_nameless_scope_comes_from_its_service() -> None:
    found = logs(a_log(event_name="deployment"), scope="")
    assert found["events"][0]["source"] == "cart"


def test_an_environment_may_have_its_older_name() -> None:
    data = LogsData()
    older = Resource(attributes=attributes(deployment__environment="test"))
    data.resource_logs.add(resource=older).scope_logs.add(log_records=[a_log(event_name="begun")])
    (record,) = lines_of(DIALECT, {Signal.LOGS: data})["events"]
    assert record["metadata"]["environment"] == "test"


def test_a_log_says_what_failed_and_where() -> None:
    said = attributes(error__type="LockTimeout", thread__id=17, process__pid=4)
    found = logs(a_log(severity_number=17, attributes=said))
    (record,) = found["logs"]
    assert record["level"] == "ERROR"
    assert record["metadata"] == {
        "host": "node-1",
        "error_code": "LockTimeout",
        "version": "1.4.0",
        "thread_id": 17,
        "process_id": 4,
    }
