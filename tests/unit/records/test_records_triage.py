"""Records of the dialect triage: their joins, and what becomes of what has no field of its own."""

from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValueList
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, LogsData
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from core_support import committed_data
from handmade_set import TRACE_1, attributes, span_id
from record_lines import assert_joined, lines_of, lines_of_logs, lines_of_spans
from telemetry_common.signals import Signal
from telemetry_sender.records.dialects.triage import DIALECT

MS = 1_000_000


def logs(*records: LogRecord) -> list[dict[str, Any]]:
    """Return the records of these log records of a service `cart`."""
    found = lines_of_logs(DIALECT, *records)
    return [*found.get("logs", []), *found.get("events", [])]


def spans(*members: Span) -> list[dict[str, Any]]:
    return lines_of_spans(DIALECT, *members)


def a_span(**fields: Any) -> Span:
    times = {"start_time_unix_nano": 1, "end_time_unix_nano": 1 + 45 * MS}
    return Span(**{"trace_id": TRACE_1, "span_id": span_id(1), "name": "get user"} | times | fields)


def test_logs_name_traces_and_parents_are_spans_of_the_trace() -> None:
    """Over several passes; a root has no parent."""
    found = lines_of(DIALECT, committed_data(), passes=3)
    spans = assert_joined(found["traces"])
    joined = [each["trace_id"] for each in found["logs"] if each["trace_id"] is not None]
    assert len(joined) > 100
    assert set(joined) <= {trace for trace, _ in spans}


def test_a_span_says_what_its_service_did_and_for_how_long() -> None:
    (record,) = spans(a_span())
    assert record["operation"] == "cart.get_user"
    assert record["duration_ms"] == 45
    assert record["status"] == "success"
    assert record["timestamp"].endswith("+00:00")


@pytest.mark.parametrize(("nanos", "milliseconds"), [(0, 0), (499_999, 0), (500_000, 1)])
def test_durations_are_rounded(nanos: int, milliseconds: int) -> None:
    (record,) = spans(a_span(end_time_unix_nano=1 + nanos))
    assert record["duration_ms"] == milliseconds


def test_a_failed_span_is_an_error() -> None:
    (record,) = spans(a_span(status=Status(code=Status.STATUS_CODE_ERROR)))
    assert record["status"] == "error"


def test_a_span_that_has_not_ended_has_no_duration() -> None:
    (record,) = spans(a_span(end_time_unix_nano=0))
    assert record["duration_ms"] is None


@pytest.mark.parametrize(
    ("number", "text", "level", "severity"),
    [
        (1, "TRACE", "DEBUG", "info"),
        (8, "", "DEBUG", "info"),
        (9, "INFO", "INFO", "info"),
        (16, "", "WARN", "warning"),
        (17, "", "ERROR", "critical"),
        (21, "FATAL", "CRITICAL", "critical"),
        (24, "", "CRITICAL", "critical"),
        (0, " warning", "WARN", "warning"),
        (0, "odd", None, None),
        (25, "INFO", None, None),
    ],
)
def test_levels_follow_the_severity_number(
    number: int, text: str, level: str | None, severity: str | None
) -> None:
    """A name decides where there is no number."""
    said: dict[str, Any] = {
        "time_unix_nano": 1,
        "severity_number": number,
        "severity_text": text,
    }
    log, event = logs(LogRecord(**said), LogRecord(event_name="app.started", **said))
    assert log["level"] == level
    assert event["severity"] == severity


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (AnyValue(string_value='"quoted"\n'), '"quoted"\n'),
        (AnyValue(kvlist_value=KeyValueList(values=attributes(message="paid", n=1))), "paid"),
        (AnyValue(kvlist_value=KeyValueList(values=attributes(n=1, ok=True))), '{"n":1,"ok":true}'),
        (AnyValue(array_value=ArrayValue(values=[AnyValue(double_value=0.5)])), "[0.5]"),
        (AnyValue(bytes_value=b"\x00\xff"), "AP8="),
        (AnyValue(int_value=7), "7"),
        (AnyValue(double_value=float("nan")), None),
        (None, None),
    ],
)
def test_a_message_is_the_body_as_text(body: AnyValue | None, message: str | None) -> None:
    (record,) = logs(LogRecord(time_unix_nano=1, body=body))
    assert record["message"] == message


def test_a_log_of_unknown_time_has_the_time_when_it_was_observed() -> None:
    observed, neither = logs(LogRecord(observed_time_unix_nano=1), LogRecord(severity_text="INFO"))
    assert observed["timestamp"].startswith("2025-")
    assert neither["timestamp"] is None


def test_a_deployment_says_its_version() -> None:
    """Its own, or that of its resource; no other event has one."""
    own = attributes(service__version="2.1.0")
    records = logs(
        LogRecord(time_unix_nano=1, event_name="deployment", attributes=own),
        LogRecord(time_unix_nano=1, event_name="shop.deployment.started"),
        LogRecord(time_unix_nano=1, event_name="config_change", attributes=own),
    )
    assert [each.get("version") for each in records] == ["2.1.0", "1.4.0", None]
    assert "version" not in records[-1]


def test_what_is_not_known_is_null() -> None:
    data = LogsData()
    data.resource_logs.add().scope_logs.add().log_records.add(severity_text="INFO")
    (record,) = lines_of(DIALECT, {Signal.LOGS: data})["logs"]
    assert record == {
        "timestamp": None,
        "service": None,
        "level": "INFO",
        "message": None,
        "trace_id": None,
    }
