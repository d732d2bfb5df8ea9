"""Spans in InfluxDB line protocol."""

from telemetry_sender.events.model import Span
from telemetry_sender.events.names import KINDS, STATUSES, named
from telemetry_sender.events.times import duration_of, time_of
from telemetry_sender.records.influx.line import FieldWriter, head
from telemetry_sender.records.influx.tags import Sorter, TagRules
from telemetry_sender.records.influx.text import integer, string
from telemetry_sender.records.writer import RecordWriter

MEASUREMENT = b"spans"

_FIXED = frozenset(
    {
        "kind",
        "status",
        "trace_id",
        "span_id",
        "parent_span_id",
        "name",
        "duration_ns",
        "status_message",
        "trace_state",
        "events",
        "links",
        "flags",
    }
)


class SpanLines:
    """Writes spans; its one instance knows what their resources have in common."""

    def __init__(self, rules: TagRules) -> None:
        self._sorter = Sorter(rules, _FIXED)

    def write(self, span: Span, writer: RecordWriter) -> None:
        """Write a span as a line."""
        found = self._sorter.sort(span.resource, span.scope, span.attributes)
        own = {
            "kind": str(named(KINDS, span.kind)),
            "status": str(named(STATUSES, span.status_code)),
        }
        line = FieldWriter(writer, head(MEASUREMENT, {**found.tags, **own}))
        line.put_spot("trace_id", span.trace_id)
        line.put_spot("span_id", span.span_id)
        line.put_spot("parent_span_id", span.parent_span_id)
        line.put("name", string(span.name))
        duration = duration_of(span)
        if duration is not None:
            line.put("duration_ns", integer(duration))
        for name, text in (
            ("status_message", span.status_message),
            ("trace_state", span.trace_state),
        ):
            if text:
                line.put(name, string(text))
        for name, parts in (("events", span.events), ("links", span.links)):
            if parts:
                line.put(name, integer(len(parts)))
        line.put_all(found.fields)
        line.finish(time_of(span), span.flags)
