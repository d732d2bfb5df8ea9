"""What rows of CSV files say, told slowly from requests that the protobuf classes decoded."""

import json
import math
from collections.abc import Iterator
from typing import Any

from flat_reference import attributes_of, instant, value_of
from seen_events import Seen

_KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"]
_STATUSES = ["unset", "ok", "error"]

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
        "trace_id": _id(span.trace_id),
        "span_id": _id(span.span_id),
        "parent_span_id": _id(span.parent_span_id),
        "trace_state": span.trace_state,
        "flags": span.flags,
        "name": span.name,
        "kind": _named(_KINDS, span.kind),
        "status": _named(_STATUSES, span.status.code),
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
    data = getattr(metric, kind)
    temporality = getattr(data, "aggregation_temporality", 0)
    return {
        "time": instant(point.time_unix_nano),
        "time_unix_nano": point.time_unix_nano or None,
        "start_time_unix_nano": point.start_time_unix_nano or None,
        "metric": metric.name,
        "type": kind,
        "unit": metric.unit,
        "description": metric.description,
        "temporality": ["", "delta", "cumulative"][temporality] if temporality <= 2 else "",
        "is_monotonic": data.is_monotonic if kind == "sum" else None,
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
        which = point.WhichOneof("value")
        yield "value", getattr(point, which) if which else None
        return
    yield "count", point.count
    for name in ("sum", "min", "max"):
        if hasattr(point, name):
            optional = kind != "summary"
            yield name, None if optional and not point.HasField(name) else getattr(point, name)
    if kind == "histogram":
        yield "bucket_counts", _json(list(point.bucket_counts))
        yield "explicit_bounds", _json([_finite(each) for each in point.explicit_bounds])
    elif kind == "summary":
        pairs = [[_finite(each.quantile), _finite(each.value)] for each in point.quantile_values]
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
    kind = exemplar.WhichOneof("value")
    if kind:
        yield "value", _finite(getattr(exemplar, kind))
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
        "trace_id": _id(log.trace_id),
        "span_id": _id(log.span_id),
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


def text_of(value: Any) -> str | None:
    """Return an attribute or a body as text."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _json(value: Any) -> str | None:
    return text_of(value) if value else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _named(names: list[str], number: int) -> str:
    return names[number] if 0 <= number < len(names) else str(number)


def _id(value: bytes) -> str | None:
    return value.hex() if any(value) else None
