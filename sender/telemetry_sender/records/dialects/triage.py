"""The dialect `triage`: small flat records for tools and exercises of incident response.

Times have an offset, ids of logs are those of spans in the same run, and parents are spans of
their trace. `docs/records.md` has the fields, `docs/schemas/triage-*.schema.json` their types.
"""

from telemetry_sender.events.lookup import attribute_of
from telemetry_sender.events.model import Log, Point, Span
from telemetry_sender.events.times import duration_of, time_of
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.dialects.failures import is_failed
from telemetry_sender.records.dialects.json_line import JsonLine
from telemetry_sender.records.dialects.log_parts import is_deployment, level_of, message_of
from telemetry_sender.records.dialects.operations import operation_verb
from telemetry_sender.records.dialects.places import put_instance, put_service, service_of
from telemetry_sender.records.dialects.values import put_value
from telemetry_sender.records.text_forms import HEX16, HEX32, ISO_OFFSET
from telemetry_sender.records.writer import RecordWriter

_MILLI = 1_000_000
_SEVERITIES = {"WARN": "warning", "ERROR": "critical", "CRITICAL": "critical"}


def write_metric(point: Point, out: RecordWriter) -> None:
    """Write a data point."""
    line = JsonLine(out)
    line.put_time("timestamp", point.time, ISO_OFFSET)
    put_service(line, point.resource)
    line.put("metric", point.metric.name)
    put_value(line, point)
    line.put("unit", point.metric.unit)
    put_instance(line, point.resource)
    line.put_attributes("attributes", point.attributes)
    line.end()


def write_log(log: Log, out: RecordWriter) -> None:
    """Write a log record without a name."""
    line = JsonLine(out)
    line.put_time("timestamp", time_of(log), ISO_OFFSET)
    put_service(line, log.resource)
    line.put("level", level_of(log))
    line.put("message", message_of(log))
    line.put_id("trace_id", log.trace_id, HEX32)
    line.end()


def write_span(span: Span, out: RecordWriter) -> None:
    """Write a span."""
    line = JsonLine(out)
    line.put_time("timestamp", span.start, ISO_OFFSET)
    line.put_id("trace_id", span.trace_id, HEX32)
    line.put_id("span_id", span.span_id, HEX16)
    line.put_id("parent_span_id", span.parent_span_id, HEX16)
    put_service(line, span.resource)
    line.put("operation", _operation(span))
    line.put("duration_ms", _milliseconds(duration_of(span)))
    line.put("status", "error" if is_failed(span) else "success")
    line.end()


def write_event(log: Log, out: RecordWriter) -> None:
    """Write a log record with a name; a deployment says which version it brings."""
    line = JsonLine(out)
    line.put_time("timestamp", time_of(log), ISO_OFFSET)
    line.put("type", log.event_name)
    put_service(line, log.resource)
    line.put("details", message_of(log))
    line.put("severity", _severity(log))
    if is_deployment(log):
        line.put("version", attribute_of(log, "service.version"))
    line.end()


def _operation(span: Span) -> str | None:
    verb, service = operation_verb(span.name), service_of(span.resource)
    return f"{service}.{verb}" if verb and service else verb or None


def _milliseconds(nanos: int | None) -> int | None:
    return None if nanos is None else (nanos + _MILLI // 2) // _MILLI


def _severity(log: Log) -> str | None:
    level = level_of(log)
    return None if level is None else _SEVERITIES.get(level, "info")


DIALECT = Dialect(
    name="triage",
    summary="small flat records: metrics, logs, traces and changes of an incident",
    writers={
        Stream.METRICS: write_metric,
        Stream.LOGS: write_log,
        Stream.TRACES: write_span,
        Stream.EVENTS: write_event,
    },
    has_lazy_attributes=True,
)
