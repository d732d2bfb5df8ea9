"""Log records and events in InfluxDB line protocol."""

from telemetry_sender.events.model import Log
from telemetry_sender.events.names import level_of
from telemetry_sender.events.times import time_of
from telemetry_sender.records.influx.line import FieldWriter, head
from telemetry_sender.records.influx.tags import Sorter, TagRules
from telemetry_sender.records.influx.text import field_value, integer, string
from telemetry_sender.records.writer import RecordWriter

MEASUREMENT_OF_LOGS, MEASUREMENT_OF_EVENTS = b"logs", b"events"

_FIXED = frozenset(
    {
        "severity",
        "trace_id",
        "span_id",
        "event_name",
        "severity_number",
        "severity_text",
        "body",
        "observed_ns",
        "flags",
    }
)


class LogLines:
    """Writes log records; its one instance knows what their resources have in common."""

    def __init__(self, rules: TagRules) -> None:
        self._sorter = Sorter(rules, _FIXED)

    def write(self, log: Log, writer: RecordWriter) -> None:
        """Write a log record as a line; without a time of its own it has the observed one."""
        found = self._sorter.sort(log.resource, log.scope, log.attributes)
        measurement = MEASUREMENT_OF_EVENTS if log.event_name else MEASUREMENT_OF_LOGS
        tags = {**found.tags, "severity": level_of(log.severity_number) or ""}
        line = FieldWriter(writer, head(measurement, tags))
        line.put_spot("trace_id", log.trace_id)
        line.put_spot("span_id", log.span_id)
        for name, text in (("event_name", log.event_name), ("severity_text", log.severity_text)):
            if text:
                line.put(name, string(text))
        if log.severity_number:
            line.put("severity_number", integer(log.severity_number))
        body = field_value(log.body)
        if body is not None:
            line.put("body", body)
        line.put_spot("observed_ns", log.observed_time)
        line.put_all(found.fields)
        line.finish(time_of(log), log.flags)
