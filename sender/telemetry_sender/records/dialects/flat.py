"""Our own dialect: an event is one flat JSON object, from which it can be made again.

`docs/records.md` describes the fields. Those that nearly every event of a stream has are always
there, as null where the event lacks them; the others come last, and only where there is something.
"""

from collections.abc import Sequence

from telemetry_sender.events.model import Link, Log, Span, SpanEvent
from telemetry_sender.events.names import KINDS, STATUSES, level_of, named
from telemetry_sender.events.times import duration_of
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.dialects.flat_parts import (
    put_instant,
    put_nanos,
    put_origin,
    put_reference,
    put_scope,
    put_unless_empty,
)
from telemetry_sender.records.dialects.flat_points import write_point
from telemetry_sender.records.dialects.json_line import JsonLine
from telemetry_sender.records.text_forms import HEX16
from telemetry_sender.records.writer import RecordWriter


def write_span(span: Span, out: RecordWriter) -> None:
    """Write the record of a span."""
    line = JsonLine(out)
    put_instant(line, span.start)
    duration = duration_of(span)
    line.put("duration_ns", duration)
    put_reference(line, span.trace_id, span.span_id)
    line.put_id("parent_span_id", span.parent_span_id, HEX16)
    line.put("name", span.name)
    line.put("kind", named(KINDS, span.kind))
    line.put("status", named(STATUSES, span.status_code))
    put_origin(line, span.resource, span.attributes)
    if duration is None:
        put_nanos(line, "end_time_unix_nano", span.end)
    put_unless_empty(line, "status_message", span.status_message)
    put_unless_empty(line, "trace_state", span.trace_state)
    put_unless_empty(line, "flags", span.flags)
    put_scope(line, span.scope)
    _put_events(line, span.events)
    _put_links(line, span.links)
    line.end()


def write_log(log: Log, out: RecordWriter) -> None:
    """Write the record of a log record, or of an event, which has a name."""
    line = JsonLine(out)
    put_instant(line, log.time)
    put_unless_empty(line, "name", log.event_name)
    line.put("level", level_of(log.severity_number))
    line.put("body", log.body)
    put_reference(line, log.trace_id, log.span_id)
    put_origin(line, log.resource, log.attributes)
    put_nanos(line, "observed_time_unix_nano", log.observed_time)
    put_unless_empty(line, "severity_number", log.severity_number)
    put_unless_empty(line, "severity_text", log.severity_text)
    put_unless_empty(line, "flags", log.flags)
    put_scope(line, log.scope)
    line.end()


def _put_events(line: JsonLine, events: Sequence[SpanEvent]) -> None:
    if not events:
        return
    line.open_list("events")
    for event in events:
        line.element()
        put_nanos(line, "time_unix_nano", event.time)
        line.put("name", event.name)
        line.put_attributes("attributes", event.attributes)
        line.close()
    line.close_list()


def _put_links(line: JsonLine, links: Sequence[Link]) -> None:
    if not links:
        return
    line.open_list("links")
    for link in links:
        line.element()
        put_reference(line, link.trace_id, link.span_id)
        line.put_attributes("attributes", link.attributes)
        line.close()
    line.close_list()


DIALECT = Dialect(
    name="flat",
    summary="one flat JSON object an event, with all that OTLP says of it",
    writers={
        Stream.TRACES: write_span,
        Stream.METRICS: write_point,
        Stream.LOGS: write_log,
        Stream.EVENTS: write_log,
    },
    has_lazy_attributes=True,
)
