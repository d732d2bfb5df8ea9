"""The dialect `melt`: metrics, events, logs and traces with nested labels, metadata and tags.

Ids are whole: 32 and 16 hexadecimal digits, and those of logs and events are those of spans of the
same run. `docs/records.md` has the fields, `docs/schemas/melt-*.schema.json` their types.
"""

from telemetry_sender.events.lookup import attribute_of
from telemetry_sender.events.model import Log, Point, Resource, Span, Value
from telemetry_sender.events.names import KINDS, named
from telemetry_sender.events.times import duration_of, time_of
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.dialects.failures import is_failed, is_timeout
from telemetry_sender.records.dialects.given import first_of
from telemetry_sender.records.dialects.json_line import JsonLine
from telemetry_sender.records.dialects.log_parts import level_of, message_of
from telemetry_sender.records.dialects.places import place_of, put_instance, put_service
from telemetry_sender.records.dialects.values import put_value
from telemetry_sender.records.json_text import member
from telemetry_sender.records.text_forms import HEX16, HEX32, ISO_Z
from telemetry_sender.records.writer import RecordWriter

ANOMALY = "app.anomaly"
"""The attribute, a boolean, that labels a point as a part of an anomaly."""

_MICRO = 1_000
_UNSPECIFIED = 0


def write_metric(point: Point, out: RecordWriter) -> None:
    """Write a data point."""
    line = JsonLine(out)
    line.put_time("timestamp", point.time, ISO_Z)
    line.put("metric_name", point.metric.name)
    put_value(line, point)
    line.open("labels")
    line.put_shared(_labels, point.resource)
    line.put("unit", point.metric.unit)
    line.close()
    put_instance(line, point.resource)
    line.put("attributes", {k: v for k, v in point.attributes.items() if k != ANOMALY})
    line.put("anomaly", point.attributes.get(ANOMALY) is True)
    line.end()


def _labels(resource: Resource) -> str:
    place = place_of(resource)
    said = {"service": place.service, "host": place.host, "environment": place.environment}
    return "".join(member(name, value) for name, value in said.items())


def write_event(log: Log, out: RecordWriter) -> None:
    """Write a log record with a name."""
    line, place, level = JsonLine(out), place_of(log.resource), level_of(log)
    line.put_time("timestamp", time_of(log), ISO_Z)
    line.put("event_type", log.event_name)
    line.put("severity", level and level.lower())
    line.put("source", log.scope.name or place.service)
    line.put("message", message_of(log))
    line.open("metadata")
    line.put("service", place.service)
    line.put("version", place.version)
    line.put("host", place.host)
    line.put("environment", place.environment)
    line.put("event_id", first_of(log.attributes, "log.record.uid", "cloudevents.event_id"))
    line.put_id("correlation_id", log.trace_id, HEX32)
    line.close()
    line.end()


def write_log(log: Log, out: RecordWriter) -> None:
    """Write a log record without a name."""
    line = JsonLine(out)
    line.put_time("timestamp", time_of(log), ISO_Z)
    line.put("level", level_of(log))
    put_service(line, log.resource)
    line.put("message", message_of(log))
    line.put_id("trace_id", log.trace_id, HEX32)
    line.put_id("span_id", log.span_id, HEX16)
    line.put("metadata", _log_metadata(log))
    line.end()


def write_span(span: Span, out: RecordWriter) -> None:
    """Write a span."""
    line = JsonLine(out)
    line.put_id("trace_id", span.trace_id, HEX32)
    line.put_id("span_id", span.span_id, HEX16)
    line.put_id("parent_span_id", span.parent_span_id, HEX16)
    line.put("operation_name", span.name)
    line.put_time("start_time", span.start, ISO_Z)
    line.put("duration", _microseconds(duration_of(span)))
    put_service(line, span.resource)
    line.put("tags", _tags(span))
    line.put("status", _status(span))
    line.end()


def _log_metadata(log: Log) -> dict[str, Value]:
    place, said = place_of(log.resource), log.attributes
    return {
        "host": place.host,
        "error_code": first_of(said, "error.type", "exception.type"),
        "version": place.version,
        "thread_id": said.get("thread.id"),
        "process_id": attribute_of(log, "process.pid"),
    }


def _tags(span: Span) -> dict[str, Value]:
    """Return what the span says, below what its resource says of the place."""
    place = place_of(span.resource)
    tags: dict[str, Value] = {
        "service.name": place.service,
        "service.version": place.version,
        "environment": place.environment,
        "host.name": place.host,
        "span.kind": named(KINDS, span.kind) if span.kind != _UNSPECIFIED else None,
    }
    given = {key: value for key, value in tags.items() if value is not None}
    return {**given, **span.attributes}


def _microseconds(nanos: int | None) -> int | None:
    return None if nanos is None else (nanos + _MICRO // 2) // _MICRO


def _status(span: Span) -> str:
    if is_timeout(span):
        return "timeout"
    return "error" if is_failed(span) else "ok"


DIALECT = Dialect(
    name="melt",
    summary="metrics, events, logs and traces with labels, metadata and tags",
    writers={
        Stream.METRICS: write_metric,
        Stream.EVENTS: write_event,
        Stream.LOGS: write_log,
        Stream.TRACES: write_span,
    },
)
