"""The JSON in cells for what an event has several of: span events, links, buckets, exemplars."""

from collections.abc import Iterator, Sequence

from telemetry_sender.events.model import Attributes, Exemplar, Link, SpanEvent, Spot
from telemetry_sender.records.csv.text import Cell, Piece, id_form, is_id, nested_cell
from telemetry_sender.records.json_text import json_text
from telemetry_sender.records.short_forms import unsigned_form
from telemetry_sender.records.text_forms import JSON_REAL, NANOS, SIGNED
from telemetry_sender.text.fields import SlotKind

Member = tuple[str, Sequence[Piece]]
"""A name and a value."""


def span_events_cell(events: Sequence[SpanEvent]) -> Cell:
    """Return what happened during a span: time, name and attributes of each."""
    return _list_cell([[*_time(each.time), *_said(each)] for each in events])


def links_cell(links: Sequence[Link]) -> Cell:
    """Return the spans that a span refers to: their ids, and attributes."""
    return _list_cell(
        [[*_ids(each.trace_id, each.span_id), *_attributes(each.attributes)] for each in links]
    )


def counts_cell(counts: Sequence[Spot]) -> Cell:
    """Return the counts of a histogram's buckets."""
    return (
        nested_cell(_joined([[(count, unsigned_form(int(count.value)))] for count in counts]))
        if counts
        else ()
    )


def exemplars_cell(exemplars: Sequence[Exemplar]) -> Cell:
    """Return the measurements that a point was made of."""
    return _list_cell(
        [
            [
                *_time(each.time),
                *_value(each.value),
                *_ids(each.trace_id, each.span_id),
                *_attributes(each.attributes),
            ]
            for each in exemplars
        ]
    )


def _said(event: SpanEvent) -> list[Member]:
    return [("name", [json_text(event.name).encode()]), *_attributes(event.attributes)]


def _time(time: Spot | None) -> list[Member]:
    return [("time_unix_nano", [(time, NANOS)])] if time else []


def _ids(trace_id: Spot | None, span_id: Spot | None) -> list[Member]:
    return [
        (name, [b'"', (spot, id_form(spot)), b'"'])
        for name, spot in (("trace_id", trace_id), ("span_id", span_id))
        if is_id(spot)
    ]


def _value(value: Spot | None) -> list[Member]:
    if value is None:
        return []
    return [("value", [(value, JSON_REAL if value.kind is SlotKind.REAL else SIGNED)])]


def _attributes(attributes: Attributes) -> list[Member]:
    return [("attributes", [json_text(attributes).encode()])] if attributes else []


def _list_cell(objects: list[list[Member]]) -> Cell:
    return nested_cell(_joined([list(_object(members)) for members in objects])) if objects else ()


def _object(members: list[Member]) -> Iterator[Piece]:
    before = "{"
    for name, pieces in members:
        yield f'{before}"{name}":'.encode()
        yield from pieces
        before = ","
    yield b"}" if members else b"{}"


def _joined(values: list[list[Piece]]) -> Iterator[Piece]:
    """Yield a list of JSON."""
    before = b"["
    for pieces in values:
        yield before
        yield from pieces
        before = b","
    yield b"]"
