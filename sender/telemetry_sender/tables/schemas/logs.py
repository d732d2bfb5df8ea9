"""The tables of log records, and of those among them that have a name: events."""

from telemetry_sender.events.names import level_of
from telemetry_sender.records.base import Stream
from telemetry_sender.records.value_text import value_text
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.base import Column
from telemetry_sender.tables.columns.spots import identifier, time
from telemetry_sender.tables.columns.static import text, value
from telemetry_sender.tables.schemas.shared import SERVICE, origin
from telemetry_sender.tables.schemas.table import Ids, TableForm, TableSchema


def logs_schema(form: TableForm) -> TableSchema:
    """Return the columns of log records."""
    return TableSchema(Stream.LOGS, _columns(form), lambda log: not log.event_name)


def events_schema(form: TableForm) -> TableSchema:
    """Return the columns of events: those of log records, and the name."""
    when, observed, *others = _columns(form)
    name = text("name", "What happened", lambda log: log.event_name)
    columns = (when, observed, name, *others)
    return TableSchema(Stream.EVENTS, columns, lambda log: bool(log.event_name))


def _columns(form: TableForm) -> tuple[Column, ...]:
    as_hex = form.ids is Ids.HEX
    return (
        time("timestamp", "When it happened", lambda log: log.time),
        time("observed_time", "When it was collected", lambda log: log.observed_time),
        text(
            "level",
            "`TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`, by the severity number",
            lambda log: level_of(log.severity_number),
        ),
        value(
            "severity_number", "From 1 to 24", pa.int32(), lambda log: log.severity_number or None
        ),
        text("severity_text", "As the source has it", lambda log: log.severity_text or None),
        text(
            "body",
            "Text as it is, bytes in base64, anything else as JSON",
            lambda log: value_text(log.body),
        ),
        SERVICE,
        identifier(
            "trace_id", "The trace it belongs to", 16, lambda log: log.trace_id, as_hex=as_hex
        ),
        identifier("span_id", "The span it belongs to", 8, lambda log: log.span_id, as_hex=as_hex),
        value("flags", "W3C trace flags", pa.uint32(), lambda log: log.flags),
        *origin(),
    )
