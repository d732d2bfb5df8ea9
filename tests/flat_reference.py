"""What flat records say, told slowly from requests that the protobuf classes decoded."""

from collections.abc import Callable
from typing import Any

from plain_events import (
    KINDS,
    STATUSES,
    attributes_of,
    duration_of,
    finite,
    identifier,
    instant,
    level_of,
    logs_in,
    named,
    number_of,
    points_in,
    spans_in,
    temporality_of,
    value_of,
)

Record = dict[str, Any]


def flat_records(message: Any) -> list[tuple[str, Record]]:
    """Return the stream and the record of each event of a request, in the order of the wire."""
    return [
        *(("traces", _span(*event)) for event in spans_in(message)),
        *(("metrics", _point(*event)) for event in points_in(message)),
        *(("events" if e[2].event_name else "logs", _log(*e)) for e in logs_in(message)),
    ]


def _instant(nanos: int) -> Record:
    return {"timestamp": instant(nanos), "time_unix_nano": nanos or None}


def _reference(message: Any) -> Record:
    return {
        "trace_id": identifier(message.trace_id, 16),
        "span_id": identifier(message.span_id, 8),
    }


def _origin(resource: Any, event: Any) -> Record:
    about = attributes_of(resource.attributes)
    service = about.get("service.name")
    return {
        "service": service if _is_text(resource, "service.name") else None,
        "attributes": attributes_of(event.attributes),
        "resource": about,
    }


def _is_text(resource: Any, key: str) -> bool:
    kinds = [pair.value.WhichOneof("value") for pair in resource.attributes if pair.key == key]
    return kinds[-1:] == ["string_value"]


def _scope(scope: Any) -> Record:
    return {
        "scope": scope.name,
        "scope_version": scope.version,
        "scope_attributes": attributes_of(scope.attributes),
    }


def _if_any(**fields: Any) -> Record:
    return {name: value for name, value in fields.items() if value}


def _span(resource: Any, scope: Any, span: Any) -> Record:
    duration = duration_of(span)
    return {
        **_instant(span.start_time_unix_nano),
        "duration_ns": duration,
        **_reference(span),
        "parent_span_id": identifier(span.parent_span_id, 8),
        "name": span.name,
        "kind": named(KINDS, span.kind),
        "status": named(STATUSES, span.status.code),
        **_origin(resource, span),
        **_if_any(
            end_time_unix_nano=span.end_time_unix_nano if duration is None else 0,
            status_message=span.status.message,
            trace_state=span.trace_state,
            flags=span.flags,
            **_scope(scope),
            events=[_event(each) for each in span.events],
            links=[_link(each) for each in span.links],
        ),
    }


def _event(event: Any) -> Record:
    about = {"name": event.name, "attributes": attributes_of(event.attributes)}
    return _if_any(time_unix_nano=event.time_unix_nano) | about


def _link(link: Any) -> Record:
    return _reference(link) | {"attributes": attributes_of(link.attributes)}


def _log(resource: Any, scope: Any, log: Any) -> Record:
    number = log.severity_number
    return {
        **_instant(log.time_unix_nano),
        **_if_any(name=log.event_name),
        "level": level_of(number),
        "body": value_of(log.body),
        **_reference(log),
        **_origin(resource, log),
        **_if_any(
            observed_time_unix_nano=log.observed_time_unix_nano,
            severity_number=number,
            severity_text=log.severity_text,
            flags=log.flags,
            **_scope(scope),
        ),
    }


def _point(resource: Any, scope: Any, metric: Any, point: Any) -> Record:
    kind = metric.WhichOneof("data")
    return {
        **_instant(point.time_unix_nano),
        "metric": metric.name,
        "type": kind,
        "unit": metric.unit,
        "temporality": temporality_of(metric),
        **({"is_monotonic": metric.sum.is_monotonic} if kind == "sum" else {}),
        **_OF_KIND[kind](point),
        **_origin(resource, point),
        **_if_any(
            start_time_unix_nano=point.start_time_unix_nano,
            description=metric.description,
            flags=point.flags,
            **_scope(scope),
            exemplars=[_exemplar(each) for each in getattr(point, "exemplars", ())],
        ),
    }


def _exemplar(exemplar: Any) -> Record:
    return {
        **_if_any(time_unix_nano=exemplar.time_unix_nano),
        "value": _number(exemplar),
        **_reference(exemplar),
        "attributes": attributes_of(exemplar.filtered_attributes),
    }


def _number(point: Any) -> int | float | None:
    value = number_of(point)
    return finite(value) if isinstance(value, float) else value


def _optional(point: Any, name: str) -> float | None:
    return finite(getattr(point, name)) if point.HasField(name) else None


def _histogram(point: Any) -> Record:
    return {
        "count": point.count,
        **{name: _optional(point, name) for name in ("sum", "min", "max")},
        "bucket_counts": list(point.bucket_counts),
        "explicit_bounds": [finite(each) for each in point.explicit_bounds],
    }


def _exponential(point: Any) -> Record:
    return {
        "count": point.count,
        **{name: _optional(point, name) for name in ("sum", "min", "max")},
        "scale": point.scale,
        "zero_count": point.zero_count,
        "zero_threshold": finite(point.zero_threshold),
        "positive": _buckets(point, "positive"),
        "negative": _buckets(point, "negative"),
    }


def _buckets(point: Any, name: str) -> Record | None:
    if not point.HasField(name):
        return None
    buckets = getattr(point, name)
    return {"offset": buckets.offset, "bucket_counts": list(buckets.bucket_counts)}


def _summary(point: Any) -> Record:
    quantiles = [
        {"quantile": finite(each.quantile), "value": finite(each.value)}
        for each in point.quantile_values
    ]
    return {"count": point.count, "sum": finite(point.sum), "quantiles": quantiles}


_OF_KIND: dict[str, Callable[[Any], Record]] = {
    "gauge": lambda point: {"value": _number(point)},
    "sum": lambda point: {"value": _number(point)},
    "histogram": _histogram,
    "exponential_histogram": _exponential,
    "summary": _summary,
}
