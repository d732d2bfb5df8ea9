"""The fields of events in binary records: their names, their order, and how they are read back.

The names are those of the event classes. A field that holds its default is left out of a record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import copysign
from operator import eq, is_, not_
from typing import Any

from telemetry_sender.events.model import (
    Buckets,
    Event,
    Exemplar,
    Link,
    Log,
    Metric,
    Point,
    Resource,
    Scope,
    Span,
    SpanEvent,
    Spot,
)
from telemetry_sender.text.fields import SlotKind

METRIC_KINDS = ("gauge", "sum", "histogram", "exponential_histogram", "summary")
TEMPORALITIES = ("", "delta", "cumulative")


class ShapeError(ValueError):
    """A value that its field cannot hold."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an event, or of a part of it."""

    read: Callable[[Any], Any]
    """Makes of what a record says what the event holds. Raises ShapeError."""
    default: Any
    is_left_out: Callable[[Any], bool]
    """Tells whether a value is the default."""

    @classmethod
    def of(cls, read: Callable[[Any], Any], default: Any) -> "Field":
        """Return a field with the fastest way to tell its default."""
        if default is None:
            return cls(read, None, partial(is_, None))
        if isinstance(default, float):
            # Minus zero is equal to zero, and yet another value.
            return cls(read, default, lambda value: not value and copysign(1, value) > 0)
        return cls(read, default, partial(eq, default) if default else not_)


Shape = Mapping[str, Field]


def built(make: type, shape: Shape, fields: object) -> Any:
    """Return what a record's `fields` describe. Raises ShapeError for what does not belong."""
    if not isinstance(fields, Mapping):
        raise ShapeError(f"{make.__name__} is not made of fields")
    if unknown := fields.keys() - shape.keys():
        raise ShapeError(f"{make.__name__} has no field {min(unknown)!r}")
    return make(
        **{
            name: field.read(fields[name]) if name in fields else field.default
            for name, field in shape.items()
        }
    )


def _plain(kind: type, default: Any) -> Field:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise ShapeError(f"{type(value).__name__} where {kind.__name__} is expected")
        return value

    return Field.of(read, default)


def _list(read: Callable[[Any], Any]) -> Field:
    def read_list(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ShapeError(f"{type(value).__name__} where a list is expected")
        return [read(each) for each in value]

    return Field.of(read_list, ())


def _spot(kinds: Mapping[type, SlotKind]) -> Field:
    """Return a field of a value that may change; its kind shows in its type."""

    def read(value: Any) -> Spot:
        if type(value) not in kinds:
            raise ShapeError(f"{type(value).__name__} where it cannot stand")
        return Spot(kinds[type(value)], 0, value, is_slot=False)

    return Field.of(read, None)


def _time() -> Field:
    """Return a field of an instant; 0 says that it is not known, in a record as in OTLP."""
    spot = _spot({int: SlotKind.TIME})
    return Field.of(lambda value: spot.read(value) if value else None, None)


def _part(make: type, shape: Shape, default: Any = None) -> Field:
    return Field.of(lambda fields: built(make, shape, fields), default)


def _pair(value: Any) -> tuple[float, float]:
    if not (isinstance(value, list) and [type(each) for each in value] == [float, float]):
        raise ShapeError("a quantile is not two doubles")
    return value[0], value[1]


def _choice(*known: str) -> Field:
    def read(value: Any) -> str:
        if value not in known:
            raise ShapeError(f"{value!r} where one of {', '.join(map(repr, known))} is expected")
        return str(value)

    return Field.of(read, known[0])


_TEXT = _plain(str, "")
_INTEGER = _plain(int, 0)
_DOUBLE = _plain(float, 0.0)
_ATTRIBUTES = _plain(dict, {})
_ANY = Field.of(lambda value: value, None)
_WIDE_ID = _spot({bytes: SlotKind.WIDE_ID})
_ID = _spot({bytes: SlotKind.ID})
_TIME = _time()
_COUNT = _spot({int: SlotKind.UNSIGNED})
_REAL = _spot({float: SlotKind.REAL})
_NUMBER = _spot({float: SlotKind.REAL, int: SlotKind.SIGNED})

_RESOURCE: Shape = {"attributes": _ATTRIBUTES}
_SCOPE: Shape = {"name": _TEXT, "version": _TEXT, "attributes": _ATTRIBUTES}
_METRIC: Shape = {
    "name": _TEXT,
    "description": _TEXT,
    "unit": _TEXT,
    "kind": _choice(*METRIC_KINDS),
    "temporality": _choice(*TEMPORALITIES),
    "is_monotonic": _plain(bool, False),
}
_SPAN_EVENT: Shape = {"time": _TIME, "name": _TEXT, "attributes": _ATTRIBUTES}
_LINK: Shape = {"trace_id": _WIDE_ID, "span_id": _ID, "attributes": _ATTRIBUTES}
_BUCKETS: Shape = {"offset": _INTEGER, "counts": _list(_INTEGER.read)}
_EXEMPLAR: Shape = {
    "time": _TIME,
    "value": _NUMBER,
    "trace_id": _WIDE_ID,
    "span_id": _ID,
    "attributes": _ATTRIBUTES,
}
_SPAN: Shape = {
    "resource": _part(Resource, _RESOURCE, Resource({})),
    "scope": _part(Scope, _SCOPE, Scope("", "", {})),
    "trace_id": _WIDE_ID,
    "span_id": _ID,
    "parent_span_id": _ID,
    "trace_state": _TEXT,
    "flags": _INTEGER,
    "name": _TEXT,
    "kind": _INTEGER,
    "start": _TIME,
    "end": _TIME,
    "attributes": _ATTRIBUTES,
    "events": _list(lambda fields: built(SpanEvent, _SPAN_EVENT, fields)),
    "links": _list(lambda fields: built(Link, _LINK, fields)),
    "status_code": _INTEGER,
    "status_message": _TEXT,
}
_POINT: Shape = {
    "resource": _part(Resource, _RESOURCE, Resource({})),
    "scope": _part(Scope, _SCOPE, Scope("", "", {})),
    "metric": _part(Metric, _METRIC, Metric("", "", "", "gauge", "", is_monotonic=False)),
    "attributes": _ATTRIBUTES,
    "start": _TIME,
    "time": _TIME,
    "flags": _INTEGER,
    "value": _NUMBER,
    "count": _COUNT,
    "sum": _REAL,
    "min": _REAL,
    "max": _REAL,
    "bucket_counts": _list(_COUNT.read),
    "explicit_bounds": _list(_DOUBLE.read),
    "scale": _INTEGER,
    "zero_count": _COUNT,
    "zero_threshold": _DOUBLE,
    "positive": _part(Buckets, _BUCKETS),
    "negative": _part(Buckets, _BUCKETS),
    "quantiles": _list(_pair),
    "exemplars": _list(lambda fields: built(Exemplar, _EXEMPLAR, fields)),
}
_LOG: Shape = {
    "resource": _part(Resource, _RESOURCE, Resource({})),
    "scope": _part(Scope, _SCOPE, Scope("", "", {})),
    "time": _TIME,
    "observed_time": _TIME,
    "severity_number": _INTEGER,
    "severity_text": _TEXT,
    "body": _ANY,
    "attributes": _ATTRIBUTES,
    "trace_id": _WIDE_ID,
    "span_id": _ID,
    "flags": _INTEGER,
    "event_name": _TEXT,
}

SHAPES: Mapping[type, Shape] = {
    Resource: _RESOURCE,
    Scope: _SCOPE,
    Metric: _METRIC,
    SpanEvent: _SPAN_EVENT,
    Link: _LINK,
    Buckets: _BUCKETS,
    Exemplar: _EXEMPLAR,
    Span: _SPAN,
    Point: _POINT,
    Log: _LOG,
}

TIME_FIELDS: Mapping[type, str] = {Span: "start", Point: "time", Log: "time"}
"""When an event happened."""


def time_of(event: Event) -> Spot | None:
    """Return when an event happened."""
    time: Spot | None = getattr(event, TIME_FIELDS[type(event)])
    return time
