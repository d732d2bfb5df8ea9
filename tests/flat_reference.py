"""Flat records as the real protobuf classes say them, written the slow way; and the way back.

Neither shares code with what makes records: a record is a plain dict of what JSON would give.
"""

import math
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

Record = dict[str, Any]
KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"]
STATUSES = ["unset", "ok", "error"]
LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
TEMPORALITIES = [None, "delta", "cumulative"]


def flat_records(message: Any) -> list[tuple[str, Record]]:
    """Return the stream and the record of each event of a request, in the order of the wire."""
    return [
        *(("traces", _span(*event)) for event in spans_in(message)),
        *(("metrics", _point(*event)) for event in points_in(message)),
        *(("events" if e[2].event_name else "logs", _log(*e)) for e in logs_in(message)),
    ]


def spans_in(message: Any) -> Iterator[tuple[Any, Any, Any]]:
    for group in getattr(message, "resource_spans", ()):
        for scope in group.scope_spans:
            for span in scope.spans:
                yield group.resource, scope.scope, span


def logs_in(message: Any) -> Iterator[tuple[Any, Any, Any]]:
    for group in getattr(message, "resource_logs", ()):
        for scope in group.scope_logs:
            for record in scope.log_records:
                yield group.resource, scope.scope, record


def points_in(message: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
    for group in getattr(message, "resource_metrics", ()):
        for scope in group.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                for point in getattr(metric, kind).data_points if kind else ():
                    yield group.resource, scope.scope, metric, point


def instant(nanos: int) -> str | None:
    if not nanos:
        return None
    time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=nanos // 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def attributes_of(message: Any) -> Record:
    return {pair.key: value_of(pair.value) for pair in message}


def value_of(value: Any) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [value_of(each) for each in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    if kind == "bytes_value":
        return b64encode(value.bytes_value).decode()
    if kind == "double_value":
        return finite(value.double_value)
    return getattr(value, kind) if kind and not kind.endswith("strindex") else None


def finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def identifier(value: bytes, width: int) -> str | None:
    return value.hex() if len(value) == width and any(value) else None


def _named(names: list[str], number: int) -> str | int:
    return names[number] if 0 <= number < len(names) else number


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
    start, end = span.start_time_unix_nano, span.end_time_unix_nano
    duration = None
    if start and end:
        duration = (end - start + 2**63) % 2**64 - 2**63
    return {
        **_instant(start),
        "duration_ns": duration,
        **_reference(span),
        "parent_span_id": identifier(span.parent_span_id, 8),
        "name": span.name,
        "kind": _named(KINDS, span.kind),
        "status": _named(STATUSES, span.status.code),
        **_origin(resource, span),
        **_if_any(
            end_time_unix_nano=0 if duration is not None else end,
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
        "level": LEVELS[(number - 1) // 4] if 1 <= number <= 24 else None,
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
    temporality = getattr(getattr(metric, kind), "aggregation_temporality", 0)
    return {
        **_instant(point.time_unix_nano),
        "metric": metric.name,
        "type": kind,
        "unit": metric.unit,
        "temporality": TEMPORALITIES[temporality] if temporality in (1, 2) else None,
        **_OF_KIND[kind](metric, point),
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
    kind = point.WhichOneof("value")
    if kind is None:
        return None
    value: int | float = getattr(point, kind)
    return value if kind == "as_int" else finite(value)


def _sum(metric: Any, point: Any) -> Record:
    return {"is_monotonic": metric.sum.is_monotonic, "value": _number(point)}


def _optional(point: Any, name: str) -> float | None:
    return finite(getattr(point, name)) if point.HasField(name) else None


def _histogram(metric: Any, point: Any) -> Record:  # noqa: ARG001
    return {
        "count": point.count,
        **{name: _optional(point, name) for name in ("sum", "min", "max")},
        "bucket_counts": list(point.bucket_counts),
        "explicit_bounds": [finite(each) for each in point.explicit_bounds],
    }


def _exponential(metric: Any, point: Any) -> Record:  # noqa: ARG001
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


def _summary(metric: Any, point: Any) -> Record:  # noqa: ARG001
    quantiles = [
        {"quantile": finite(each.quantile), "value": finite(each.value)}
        for each in point.quantile_values
    ]
    return {"count": point.count, "sum": finite(point.sum), "quantiles": quantiles}


_OF_KIND: dict[str, Callable[[Any, Any], Record]] = {
    "gauge": lambda _, point: {"value": _number(point)},
    "sum": _sum,
    "histogram": _histogram,
    "exponential_histogram": _exponential,
    "summary": _summary,
}
