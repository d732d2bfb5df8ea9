"""The columns of CSV files: fixed ones for each stream, and attributes that are asked for."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from telemetry_sender.events.lookup import attribute_of
from telemetry_sender.events.model import Buckets, Event, Point, Span, Value
from telemetry_sender.events.names import KINDS, STATUSES, named
from telemetry_sender.events.times import duration_of
from telemetry_sender.records.base import Stream
from telemetry_sender.records.csv.nested import (
    counts_cell,
    exemplars_cell,
    links_cell,
    span_events_cell,
)
from telemetry_sender.records.csv.text import (
    Cell,
    Text,
    id_cell,
    integer_cell,
    json_cell,
    number_cell,
    object_cell,
    text_cell,
    time_cell,
)
from telemetry_sender.records.remembered import Remembered
from telemetry_sender.records.shared_texts import SharedTexts
from telemetry_sender.records.text_forms import ISO_Z, NANOS
from telemetry_sender.records.value_text import value_text


class Column(NamedTuple):
    """A column: its name, and what it holds of an event."""

    name: str
    cell: Callable[[Any], Cell]


def columns_of(stream: Stream, promoted: Sequence[str], text: Text) -> list[Column]:
    """Return the columns of a stream; `text` says how texts are written."""
    return [
        *_OWN[stream](text),
        *_origin(text),
        *(Column(key, _attribute(key, text)) for key in promoted),
    ]


def column_names(stream: Stream) -> list[str]:
    """Return the names of the fixed columns of a stream."""
    return [column.name for column in columns_of(stream, (), str)]


def _of_spans(text: Text) -> list[Column]:
    return [
        Column("time", lambda span: time_cell(span.start, ISO_Z)),
        Column("time_unix_nano", lambda span: time_cell(span.start, NANOS)),
        Column("end_time_unix_nano", lambda span: time_cell(span.end, NANOS)),
        Column("duration_ns", _duration),
        Column("trace_id", lambda span: id_cell(span.trace_id)),
        Column("span_id", lambda span: id_cell(span.span_id)),
        Column("parent_span_id", lambda span: id_cell(span.parent_span_id)),
        Column("trace_state", lambda span: text_cell(text(span.trace_state))),
        Column("flags", lambda span: integer_cell(span.flags)),
        Column("name", lambda span: text_cell(text(span.name))),
        Column("kind", lambda span: text_cell(str(named(KINDS, span.kind)))),
        Column("status", lambda span: text_cell(str(named(STATUSES, span.status_code)))),
        Column("status_message", lambda span: text_cell(text(span.status_message))),
        Column("events", lambda span: span_events_cell(span.events)),
        Column("links", lambda span: links_cell(span.links)),
    ]


def _duration(span: Span) -> Cell:
    duration = duration_of(span)
    return () if duration is None else integer_cell(duration)


def _of_points(text: Text) -> list[Column]:
    return [
        Column("time", lambda point: time_cell(point.time, ISO_Z)),
        Column("time_unix_nano", lambda point: time_cell(point.time, NANOS)),
        Column("start_time_unix_nano", lambda point: time_cell(point.start, NANOS)),
        Column("metric", lambda point: text_cell(text(point.metric.name))),
        Column("type", lambda point: text_cell(point.metric.kind)),
        Column("unit", lambda point: text_cell(text(point.metric.unit))),
        Column("description", lambda point: text_cell(text(point.metric.description))),
        Column("temporality", lambda point: text_cell(point.metric.temporality)),
        Column("is_monotonic", _is_monotonic),
        Column("value", lambda point: number_cell(point.value)),
        Column("count", _count),
        Column("sum", _sum),
        Column("min", lambda point: number_cell(point.min)),
        Column("max", lambda point: number_cell(point.max)),
        Column("bucket_counts", lambda point: counts_cell(point.bucket_counts)),
        Column("explicit_bounds", lambda point: json_cell(point.explicit_bounds)),
        Column("scale", lambda point: _exponential(point, integer_cell(point.scale))),
        Column("zero_count", _zero_count),
        Column("zero_threshold", _zero_threshold),
        Column("positive", lambda point: json_cell(_buckets(point.positive))),
        Column("negative", lambda point: json_cell(_buckets(point.negative))),
        Column("quantiles", lambda point: json_cell([list(pair) for pair in point.quantiles])),
        Column("flags", lambda point: integer_cell(point.flags)),
        Column("exemplars", lambda point: exemplars_cell(point.exemplars)),
    ]


def _is_monotonic(point: Point) -> Cell:
    if point.metric.kind != "sum":
        return ()
    return text_cell("true" if point.metric.is_monotonic else "false")


def _count(point: Point) -> Cell:
    """Return the count of a distribution; the wire leaves out one that is 0."""
    return () if point.metric.kind in ("gauge", "sum") else number_cell(point.count, b"0")


def _sum(point: Point) -> Cell:
    """Return the sum of a distribution, which those of a summary always have."""
    return number_cell(point.sum, b"0.0" if point.metric.kind == "summary" else b"")


def _zero_count(point: Point) -> Cell:
    return _exponential(point, number_cell(point.zero_count, b"0"))


def _zero_threshold(point: Point) -> Cell:
    return _exponential(point, (repr(point.zero_threshold).encode(),))


def _exponential(point: Point, cell: Cell) -> Cell:
    return cell if point.metric.kind == "exponential_histogram" else ()


def _buckets(buckets: Buckets | None) -> Value:
    return None if buckets is None else {"offset": buckets.offset, "counts": list(buckets.counts)}


def _of_logs(text: Text) -> list[Column]:
    return [
        Column("time", lambda log: time_cell(log.time, ISO_Z)),
        Column("time_unix_nano", lambda log: time_cell(log.time, NANOS)),
        Column("observed_time_unix_nano", lambda log: time_cell(log.observed_time, NANOS)),
        Column("severity_number", lambda log: integer_cell(log.severity_number)),
        Column("severity_text", lambda log: text_cell(text(log.severity_text))),
        Column("event_name", lambda log: text_cell(text(log.event_name))),
        Column("body", lambda log: text_cell(text(value_text(log.body) or ""))),
        Column("trace_id", lambda log: id_cell(log.trace_id)),
        Column("span_id", lambda log: id_cell(log.span_id)),
        Column("flags", lambda log: integer_cell(log.flags)),
    ]


def _origin(text: Text) -> list[Column]:
    """Return the columns that all streams have behind their own."""
    attributes, texts = Remembered(json_cell), SharedTexts()
    service = Remembered(lambda resource: text_cell(text(resource.service)))
    return [
        Column("service", lambda event: service(event.resource)),
        Column("scope_name", lambda event: text_cell(text(event.scope.name))),
        Column("scope_version", lambda event: text_cell(text(event.scope.version))),
        Column("scope_attributes", lambda event: attributes(event.scope.attributes)),
        Column("resource_attributes", lambda event: attributes(event.resource.attributes)),
        Column("attributes", lambda event: object_cell(texts.attributes(event.attributes))),
    ]


def _attribute(key: str, text: Text) -> Callable[[Event], Cell]:
    """Return what holds one attribute of an event, or else of its resource."""

    def cell(event: Event) -> Cell:
        return text_cell(text(value_text(attribute_of(event, key)) or ""))

    return cell


_OWN: dict[Stream, Callable[[Text], list[Column]]] = {
    Stream.TRACES: _of_spans,
    Stream.METRICS: _of_points,
    Stream.LOGS: _of_logs,
    Stream.EVENTS: _of_logs,
}
