"""The table of spans: one row a span."""

from telemetry_sender.events.names import KINDS, STATUSES, named
from telemetry_sender.events.times import duration_of
from telemetry_sender.records.base import Stream
from telemetry_sender.records.json_text import json_text
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.columns.base import Column
from telemetry_sender.tables.columns.nested import structs_of
from telemetry_sender.tables.columns.spots import identifier, time
from telemetry_sender.tables.columns.static import text, value
from telemetry_sender.tables.schemas.shared import SERVICE, origin
from telemetry_sender.tables.schemas.table import Ids, TableForm, TableSchema


def spans_schema(form: TableForm) -> TableSchema:
    """Return the columns of spans."""
    as_hex = form.ids is Ids.HEX
    columns = (
        time("timestamp", "When the span started", lambda span: span.start),
        time("end_time", "When it ended", lambda span: span.end),
        value("duration_ns", "From start to end", pa.int64(), duration_of),
        identifier("trace_id", "Its trace", 16, lambda span: span.trace_id, as_hex=as_hex),
        identifier("span_id", "Itself", 8, lambda span: span.span_id, as_hex=as_hex),
        identifier(
            "parent_span_id",
            "The span that it is part of; null for a root",
            8,
            lambda span: span.parent_span_id,
            as_hex=as_hex,
        ),
        text("name", "What was done", lambda span: span.name),
        text("kind", _listed(KINDS), lambda span: str(named(KINDS, span.kind))),
        SERVICE,
        text("status", _listed(STATUSES), lambda span: str(named(STATUSES, span.status_code))),
        text("status_message", "What went wrong", lambda span: span.status_message or None),
        text("trace_state", "W3C trace state", lambda span: span.trace_state or None),
        value("flags", "W3C trace flags and those of OTLP", pa.uint32(), lambda span: span.flags),
        *origin(),
        structs_of("events", "What happened during it", lambda span: span.events, _of_events()),
        structs_of("links", "Spans elsewhere", lambda span: span.links, _of_links(as_hex=as_hex)),
    )
    return TableSchema(Stream.TRACES, columns)


def _of_events() -> tuple[Column, ...]:
    return (
        time("timestamp", "", lambda event: event.time),
        text("name", "", lambda event: event.name),
        _attributes(),
    )


def _of_links(*, as_hex: bool) -> tuple[Column, ...]:
    return (
        identifier("trace_id", "", 16, lambda link: link.trace_id, as_hex=as_hex),
        identifier("span_id", "", 8, lambda link: link.span_id, as_hex=as_hex),
        _attributes(),
    )


def _attributes() -> Column:
    return text("attributes", "", lambda item: json_text(item.attributes))


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
