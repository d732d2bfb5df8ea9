"""The dialect `telegen`: every record in an envelope with its type, its time and its number.

`{"type":"update","timestamp":1767225600000,"seq_id":1,"data":{…}}`: updates are measurements,
events are what happened: spans, log records and events. `docs/records.md` has the fields of
`data`, `docs/schemas/telegen-*.schema.json` their types.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import TypeVar

from telemetry_sender.events.model import Event, Log, Point, Span, Spot
from telemetry_sender.events.times import duration_of, time_of
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialect import Dialect, EventWriter
from telemetry_sender.records.dialects.failures import is_failed
from telemetry_sender.records.dialects.json_line import JsonLine
from telemetry_sender.records.dialects.log_parts import level_of, message_of
from telemetry_sender.records.dialects.places import put_instance, put_service
from telemetry_sender.records.dialects.values import put_value
from telemetry_sender.records.text_forms import COUNTER, HEX16, HEX32, MILLIS
from telemetry_sender.records.writer import RecordWriter

_Some = TypeVar("_Some", bound=Event)


def _in_envelope(
    kind: str, time: Callable[[_Some], Spot | None], put_data: Callable[[_Some, JsonLine], None]
) -> EventWriter:
    """Return what writes events whose `data` has the members that `put_data` adds."""

    def write(event: _Some, out: RecordWriter) -> None:
        line = JsonLine(out)
        line.put("type", kind)
        happened = time(event)
        if happened is None:
            line.put("timestamp", None)
        else:
            line.put_number("timestamp", happened, MILLIS)
        line.put_counter("seq_id", COUNTER)
        line.open("data")
        put_data(event, line)
        line.close()
        line.end()

    return write


def _put_point(point: Point, data: JsonLine) -> None:
    put_service(data, point.resource)
    data.put("metric", point.metric.name)
    put_value(data, point)
    data.put("unit", point.metric.unit)
    put_instance(data, point.resource)
    data.put_attributes("attributes", point.attributes)


def _put_span(span: Span, data: JsonLine) -> None:
    put_service(data, span.resource)
    data.put("name", span.name)
    data.put_id("trace_id", span.trace_id, HEX32)
    data.put_id("span_id", span.span_id, HEX16)
    data.put_id("parent_span_id", span.parent_span_id, HEX16)
    data.put("duration_ns", duration_of(span))
    data.put("status", "error" if is_failed(span) else "ok")
    data.put_attributes("attributes", span.attributes)


def _put_log(log: Log, data: JsonLine) -> None:
    put_service(data, log.resource)
    data.put("level", level_of(log))
    data.put("message", message_of(log))
    data.put_id("trace_id", log.trace_id, HEX32)
    data.put_id("span_id", log.span_id, HEX16)
    data.put_attributes("attributes", log.attributes)


def _put_event(log: Log, data: JsonLine) -> None:
    data.put("name", log.event_name)
    _put_log(log, data)


DIALECT = Dialect(
    name="telegen",
    summary="envelopes of type, time and sequence number around the data",
    writers={
        Stream.METRICS: _in_envelope("update", time_of, _put_point),
        Stream.TRACES: _in_envelope("event", attrgetter("start"), _put_span),
        Stream.LOGS: _in_envelope("event", time_of, _put_log),
        Stream.EVENTS: _in_envelope("event", time_of, _put_event),
    },
    has_lazy_attributes=True,
)
