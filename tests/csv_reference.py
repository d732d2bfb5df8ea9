"""What rows of CSV files say, told slowly from requests that the protobuf classes decoded."""

from collections.abc import Iterator
from typing import Any

from plain_events import (
    KINDS,
    STATUSES,
    attributes_of,
    finite,
    identifier,
    instant,
    json_of,
    named,
    number_of,
    temporality_of,
    text_of,
    value_of,
)
from seen_events import Seen

Row = dict[str, str]


def row_of(seen: Seen) -> Row:
    """Return the cells of an event by the names of their columns; texts keep their line breaks."""
    own = {"traces": _span, "metrics": _point}.get(seen.stream, _log)(seen)
    said = {**own, **_origin(seen)}
    return {name: _cell(value) for name, value in said.items()}


def _cell(value: Any) -> str:
    """Return a value as a cell holds it: nothing for what is not there."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.replace("\0", "\ufffd") if isinstance(value, str) else repr(value)


def _span(seen: Seen) -> dict[str, Any]:
    span = seen.event
    return {
        "time": instant(span.start_time_unix_nano),
        "time_unix_nano": span.start_time_unix_nano or None,
        "end_time_unix_nano": span.end_time_unix_nano or None,
        "duration_ns": seen.duration,
        "trace_id": identifier(span.trace_id),
        "span_id": identifier(span.span_id),
        "parent_span_id": identifier(span.parent_span_id),
        "trace_state": span.trace_state,
        "flags": span.flags,
        "name": span.name,
        "kind": str(named(KINDS, span.kind)),
        "status": str(named(STATUSES, span.status.code)),
        "status_message": span.status.message,
        "events": _json([dict(_span_event(each)) for each in span.events]),
        "links": _json([dict(_link(each)) for each in span.links]),
    }


def _span_event(event: Any) -> Iterator[tuple[str, Any]]:
    if event.time_unix_nano:
        yield "time_unix_nano", event.time_unix_nano
    yield "name", event.name
    yield from _attributes(event)


def _link(link: Any) -> Iterator[tuple[str, Any]]:
    yield from _ids(link)
    yield from _attributes(link)


def _ids(message: Any) -> Iterator[tuple[str, Any]]:
    for name in ("trace_id", "span_id"):
        if any(getattr(message, name)):
            yield name, getattr(message, name).hex()


def _attributes(message: Any, name: str = "attributes") -> Iterator[tuple[str, Any]]:
    attributes = attributes_of(getattr(message, name))
    if attributes:
        yield "attributes", attributes


def _point(seen: Seen) -> dict[str, Any]:
    point, metric = seen.event, seen.metric
    kind = metric.WhichOneof("data")
    return {
        "time": instant(point.time_unix_nano),
        "time_unix_nano": point.time_unix_nano or None,
        "start_time_unix_nano": point.start_time_unix_nano or None,
        "metric": metric.name,
        "type": kind,
        "unit": metric.unit,
        "description": metric.description,
        "temporality": temporality_of(metric),
        "is_monotonic": metric.sum.is_monotonic if kind == "sum" else None,
        **dict.fromkeys(_OF_DISTRIBUTIONS),
        **dict(_values(kind, point)),
        "flags": point.flags,
        "exemplars": _json([dict(_exemplar(each)) for each in getattr(point, "exemplars", ())]),
    }


_OF_DISTRIBUTIONS = [
    *("value", "count", "sum", "min", "max", "bucket_counts", "explicit_bounds"),
    *("scale", "zero_count", "zero_threshold", "positive", "negative", "quantiles"),
]


def _values(kind: str, point: Any) -> Iterator[tuple[str, Any]]:
    if kind in ("gauge", "sum"):
        yield "value", number_of(point)
        return
    yield "count", point.count
    for name in ("sum", "min", "max"):
        if hasattr(point, name):
            optional = kind != "summary"
            yield name, None if optional and not point.HasField(name) else getattr(point, name)
    if kind == "histogram":
        yield "bucket_counts", _json(list(point.bucket_counts))
        yield "explicit_bounds", _json([finite(each) for each in point.explicit_bounds])
    elif kind == "summary":
        pairs = [[finite(each.quantile), finite(each.value)] for each in point.quantile_values]
        yield "quantiles", _json(pairs)
    else:
        yield from _exponential(point)


def _exponential(point: Any) -> Iterator[tuple[str, Any]]:
    yield "scale", point.scale
    yield "zero_count", point.zero_count
    yield "zero_threshold", point.zero_threshold
    for side in ("positive", "negative"):
        if point.HasField(side):
            buckets = getattr(point, side)
            yield side, _json({"offset": buckets.offset, "counts": list(buckets.bucket_counts)})


def _exemplar(exemplar: Any) -> Iterator[tuple[str, Any]]:
    if exemplar.time_unix_nano:
        yield "time_unix_nano", exemplar.time_unix_nano
    value = number_of(exemplar)
    if value is not None:
        yield "value", finite(value)
    yield from _ids(exemplar)
    yield from _attributes(exemplar, "filtered_attributes")


def _log(seen: Seen) -> dict[str, Any]:
    log = seen.event
    return {
        "time": instant(log.time_unix_nano),
        "time_unix_nano": log.time_unix_nano or None,
        "observed_time_unix_nano": log.observed_time_unix_nano or None,
        "severity_number": log.severity_number,
        "severity_text": log.severity_text,
        "event_name": log.event_name,
        "body": text_of(value_of(log.body)),
        "trace_id": identifier(log.trace_id),
        "span_id": identifier(log.span_id),
        "flags": log.flags,
    }


def _origin(seen: Seen) -> dict[str, Any]:
    service = seen.resource.get("service.name")
    return {
        "service": service,
        "scope_name": seen.scope.name,
        "scope_version": seen.scope.version,
        "scope_attributes": _json(attributes_of(seen.scope.attributes)),
        "resource_attributes": _json(seen.resource),
        "attributes": _json(seen.attributes),
    }


def _json(value: Any) -> str | None:
    return json_of(value) if value else None
