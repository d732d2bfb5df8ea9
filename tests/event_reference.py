"""What the events of a request say: as the reader tells them, and as the protobuf classes do."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from otlp_events import points_of
from otlp_samples import ROOTS
from telemetry_common.signals import Signal
from telemetry_sender.events.model import Event, Spot

_WAYS = {
    Signal.TRACES: ("resource_spans", "scope_spans", "spans"),
    Signal.METRICS: ("resource_metrics", "scope_metrics", "metrics"),
    Signal.LOGS: ("resource_logs", "scope_logs", "log_records"),
}
_TEMPORALITIES = {1: "delta", 2: "cumulative"}
_EMPTY_POINT: dict[str, Any] = {
    "value": None,
    "count": None,
    "sum": None,
    "min": None,
    "max": None,
    "bucket_counts": [],
    "explicit_bounds": [],
    "scale": 0,
    "zero_count": None,
    "zero_threshold": 0.0,
    "positive": None,
    "negative": None,
    "quantiles": [],
    "exemplars": [],
}


def said(event: Event) -> Any:
    """Return what an event says, without where it stands: comparable, whatever it holds."""
    return comparable(event)


def comparable(value: Any) -> Any:
    """Tell types apart, keep the order of mappings, and let one not-a-number equal another."""
    if isinstance(value, Spot):
        return comparable(value.value)
    if is_dataclass(value):
        return comparable({each.name: getattr(value, each.name) for each in fields(value)})
    if isinstance(value, Mapping):
        return [(key, comparable(each)) for key, each in value.items()]
    if isinstance(value, float):
        return "nan" if math.isnan(value) else value.hex()
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [comparable(each) for each in value]
    return type(value).__name__, value


def spots_of(value: Any) -> Iterator[Spot]:
    """Yield every value of an event that a stamper may change."""
    if isinstance(value, Spot):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from spots_of(getattr(value, each.name))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from spots_of(each)


def expected(signal: Signal, data: bytes) -> list[Any]:
    """Return what the events of a request say, read with the protobuf classes."""
    resources, scopes, holders = _WAYS[signal]
    found = []
    for resource in getattr(ROOTS[signal].FromString(data), resources):
        for scope in getattr(resource, scopes):
            origin = {
                "resource": {"attributes": attributes(resource.resource.attributes)},
                "scope": {
                    "name": scope.scope.name,
                    "version": scope.scope.version,
                    "attributes": attributes(scope.scope.attributes),
                },
            }
            for holder in getattr(scope, holders):
                found += [comparable({**origin, **event}) for event in _events(signal, holder)]
    return found


def attributes(pairs: Iterable[Any]) -> dict[str, Any]:
    return {pair.key: value_of(pair.value) for pair in pairs}


def value_of(value: Any) -> Any:
    """Return what an AnyValue holds."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [value_of(each) for each in value.array_value.values]
    if kind == "kvlist_value":
        return attributes(value.kvlist_value.values)
    return None if kind in (None, "string_value_strindex") else getattr(value, kind)


def _events(signal: Signal, holder: Any) -> Iterator[dict[str, Any]]:
    if signal is Signal.TRACES:
        yield _span(holder)
    elif signal is Signal.LOGS:
        yield _log(holder)
    else:
        for point in points_of(holder):
            yield {"metric": _metric(holder), **_point(point)}


def _span(span: Any) -> dict[str, Any]:
    return {
        "trace_id": span.trace_id or None,
        "span_id": span.span_id or None,
        "parent_span_id": span.parent_span_id or None,
        "trace_state": span.trace_state,
        "flags": span.flags,
        "name": span.name,
        "kind": span.kind,
        "start": span.start_time_unix_nano or None,
        "end": span.end_time_unix_nano or None,
        "attributes": attributes(span.attributes),
        "events": [
            {
                "time": event.time_unix_nano or None,
                "name": event.name,
                "attributes": attributes(event.attributes),
            }
            for event in span.events
        ],
        "links": [
            {
                "trace_id": link.trace_id or None,
                "span_id": link.span_id or None,
                "attributes": attributes(link.attributes),
            }
            for link in span.links
        ],
        "status_code": span.status.code,
        "status_message": span.status.message,
    }


def _log(record: Any) -> dict[str, Any]:
    return {
        "time": record.time_unix_nano or None,
        "observed_time": record.observed_time_unix_nano or None,
        "severity_number": record.severity_number,
        "severity_text": record.severity_text,
        "body": value_of(record.body),
        "attributes": attributes(record.attributes),
        "trace_id": record.trace_id or None,
        "span_id": record.span_id or None,
        "flags": record.flags,
        "event_name": record.event_name,
    }


def _metric(metric: Any) -> dict[str, Any]:
    kind = metric.WhichOneof("data")
    data = getattr(metric, kind)
    return {
        "name": metric.name,
        "description": metric.description,
        "unit": metric.unit,
        "kind": kind,
        "temporality": _TEMPORALITIES.get(getattr(data, "aggregation_temporality", 0), ""),
        "is_monotonic": getattr(data, "is_monotonic", False),
    }


def _point(point: Any) -> dict[str, Any]:
    has = {field.name for field in point.DESCRIPTOR.fields}
    found: dict[str, Any] = {
        "attributes": attributes(point.attributes),
        "start": point.start_time_unix_nano or None,
        "time": point.time_unix_nano or None,
        "flags": point.flags,
        **_EMPTY_POINT,
    }
    for name in has & {"count", "zero_count"}:
        found[name] = getattr(point, name) or None
    for name in has & {"sum", "min", "max"}:
        found[name] = _optional(point, name)
    for name in has & {"scale", "zero_threshold", "bucket_counts", "explicit_bounds"}:
        found[name] = getattr(point, name)
    for name in has & {"positive", "negative"}:
        found[name] = _buckets(getattr(point, name)) if point.HasField(name) else None
    if "as_int" in has:
        found["value"] = _number(point)
    if "quantile_values" in has:
        found["quantiles"] = [(each.quantile, each.value) for each in point.quantile_values]
    if "exemplars" in has:
        found["exemplars"] = [_exemplar(each) for each in point.exemplars]
    return found


def _optional(point: Any, name: str) -> float | None:
    """Return a double; of a summary nobody can tell whether a sum of 0 is there."""
    value: float = getattr(point, name)
    if point.DESCRIPTOR.fields_by_name[name].has_presence:
        return value if point.HasField(name) else None
    return value if value.hex() != (0.0).hex() else None


def _number(message: Any) -> int | float | None:
    kind = message.WhichOneof("value")
    return getattr(message, kind) if kind else None


def _buckets(buckets: Any) -> dict[str, Any]:
    return {"offset": buckets.offset, "counts": buckets.bucket_counts}


def _exemplar(exemplar: Any) -> dict[str, Any]:
    return {
        "time": exemplar.time_unix_nano or None,
        "value": _number(exemplar),
        "trace_id": exemplar.trace_id or None,
        "span_id": exemplar.span_id or None,
        "attributes": attributes(exemplar.filtered_attributes),
    }
