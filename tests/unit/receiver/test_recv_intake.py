"""Every request is counted, and each violation is found and nothing else."""

from collections.abc import Callable

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import (
    ExportProfilesServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry_common.signals import Signal
from telemetry_sender.receiver.checks import Checks
from telemetry_sender.receiver.intake import CheckingIntake, DiscardingIntake, UndecodableError
from telemetry_sender.receiver.references import Reference

_TRACE = b"\x01" * 16
_OTHER = b"\x02" * 8


def _good_span() -> Span:
    return Span(trace_id=_TRACE, span_id=b"\x01" * 8, start_time_unix_nano=5, end_time_unix_nano=5)


def _traces(*spans: Span) -> bytes:
    request = ExportTraceServiceRequest()
    request.resource_spans.add().scope_spans.add().spans.extend(spans)
    return request.SerializeToString()


def _logs(*records: LogRecord) -> bytes:
    request = ExportLogsServiceRequest()
    request.resource_logs.add().scope_logs.add().log_records.extend(records)
    return request.SerializeToString()


def _set(name: str, value: object) -> Callable[[Span], None]:
    return lambda span: setattr(span, name, value)


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (_set("trace_id", b""), "invalid_trace_ids"),
        (_set("trace_id", bytes(16)), "invalid_trace_ids"),
        (_set("trace_id", b"\x01" * 15), "invalid_trace_ids"),
        (_set("span_id", b""), "invalid_span_ids"),
        (_set("span_id", bytes(8)), "invalid_span_ids"),
        (_set("span_id", b"\x01" * 9), "invalid_span_ids"),
        (_set("parent_span_id", b"\x01" * 7), "invalid_parent_ids"),
        (_set("end_time_unix_nano", 4), "ends_before_starts"),
    ],
)
def test_each_violation_of_a_span_is_counted_alone(
    damage: Callable[[Span], None], found: str
) -> None:
    span = _good_span()
    damage(span)
    intake = CheckingIntake()
    intake.take(Signal.TRACES, _traces(span, _good_span()))
    expected = Checks()
    setattr(expected, found, 1)
    assert intake.checks == expected
    assert intake.tally.signals[Signal.TRACES].events == 2


def test_good_spans_raise_nothing() -> None:
    """An empty or all-zero parent id makes a root."""
    child = _good_span()
    child.span_id, child.parent_span_id = _OTHER, _good_span().span_id
    zero = _good_span()
    zero.span_id, zero.parent_span_id = b"\x03" * 8, bytes(8)
    intake = CheckingIntake()
    intake.take(Signal.TRACES, _traces(_good_span(), child, zero))
    intake.window.close()
    assert intake.checks == Checks()
    assert intake.tally.root_spans == 2
    assert intake.window.counts.children_without_parent == 0


@pytest.mark.parametrize(
    ("record", "seen", "invalid"),
    [
        (LogRecord(), 0, 0),
        (LogRecord(trace_id=_TRACE), 1, 0),
        (LogRecord(trace_id=_TRACE, span_id=_OTHER), 1, 0),
        (LogRecord(trace_id=_TRACE[:-1], span_id=_OTHER), 1, 1),
        (LogRecord(trace_id=_TRACE, span_id=_OTHER * 2), 1, 1),
    ],
)
def test_ids_of_log_records_may_be_empty_but_not_malformed(
    record: LogRecord, seen: int, invalid: int
) -> None:
    intake = CheckingIntake()
    intake.take(Signal.LOGS, _logs(record))
    assert intake.tally.signals[Signal.LOGS].events == 1
    assert intake.checks.references[Reference.LOGS] == seen
    assert intake.checks.invalid_references[Reference.LOGS] == invalid


def test_malformed_ids_of_links_and_exemplars_are_counted() -> None:
    span = _good_span()
    span.links.add(trace_id=_TRACE, span_id=b"\x01")
    metrics = ExportMetricsServiceRequest()
    metric = metrics.resource_metrics.add().scope_metrics.add().metrics.add()
    metric.gauge.data_points.add().exemplars.add(trace_id=b"\x01", span_id=b"\x01")
    intake = CheckingIntake()
    intake.take(Signal.TRACES, _traces(span))
    intake.take(Signal.METRICS, metrics.SerializeToString())
    assert intake.checks.invalid_references == {Reference.LINKS: 1, Reference.EXEMPLARS: 2}


def test_data_points_of_all_five_types_are_counted() -> None:
    request = ExportMetricsServiceRequest()
    scope = request.resource_metrics.add().scope_metrics.add()
    kinds = ["gauge", "sum", "histogram", "exponential_histogram", "summary"]
    for count, kind in enumerate(kinds, start=1):
        for _ in range(count):
            getattr(scope.metrics.add(), kind).data_points.add()
            getattr(scope.metrics[-1], kind).data_points.add()
    scope.metrics.add(name="no data")
    intake = CheckingIntake()
    intake.take(Signal.METRICS, request.SerializeToString())
    assert intake.tally.points == {kind: 2 * n for n, kind in enumerate(kinds, start=1)}
    assert intake.tally.signals[Signal.METRICS].events == 30


def test_profile_samples_are_counted() -> None:
    request = ExportProfilesServiceRequest()
    scope = request.resource_profiles.add().scope_profiles.add()
    for count in (2, 3):
        profile = scope.profiles.add()
        for _ in range(count):
            profile.samples.add(values=[1])
    intake = CheckingIntake()
    intake.take(Signal.PROFILES, request.SerializeToString())
    assert intake.tally.signals[Signal.PROFILES].events == 5


@pytest.mark.parametrize("signal", list(Signal))
def test_an_empty_request_is_a_request_without_events(signal: Signal) -> None:
    intake = CheckingIntake()
    intake.take(signal, b"")
    counts = intake.tally.signals[signal]
    assert (counts.requests, counts.bytes, counts.events) == (1, 0, 0)
    assert intake.checks == Checks()


@pytest.mark.parametrize("signal", list(Signal))
def test_undecodable_bytes_are_refused_and_counted(signal: Signal) -> None:
    intake = CheckingIntake()
    with pytest.raises(UndecodableError, match=f"not an OTLP {signal} request"):
        intake.take(signal, b"\x0a\xff")
    assert intake.tally.undecodable == {signal: 1}
    assert intake.tally.signals[signal].requests == 1


def test_discarding_counts_requests_and_bytes_and_decodes_nothing() -> None:
    intake = DiscardingIntake()
    intake.take(Signal.LOGS, b"\x0a\xff")
    counts = intake.tally.signals[Signal.LOGS]
    assert (counts.requests, counts.bytes, counts.events) == (1, 2, 0)
