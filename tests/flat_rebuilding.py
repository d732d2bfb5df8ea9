"""Makes OTLP events of flat records again, and strips events of what records leave out."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar, Metric
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from flat_reference import Record
from plain_events import KINDS, STATUSES, attributes_of, logs_in, points_in, spans_in, value_of

Event = tuple[Message, ...]
"""Resource, scope, and a span, a log record, or a metric with one point."""

_LEFT_OUT = {
    "dropped_attributes_count",
    "dropped_events_count",
    "dropped_links_count",
    "entity_refs",
    "metadata",
}
_TEMPORALITIES = [None, "delta", "cumulative"]
_ID_WIDTHS = {"trace_id": 16, "span_id": 8, "parent_span_id": 8}


def rebuilt(stream: str, record: Record) -> Event:
    """Return the event that a record is of."""
    scope = InstrumentationScope(
        name=record.get("scope", ""),
        version=record.get("scope_version", ""),
        attributes=_attributes(record.get("scope_attributes", {})),
    )
    event = {"traces": _span, "metrics": _metric}.get(stream, _log)(record)
    return Resource(attributes=_attributes(record["resource"])), scope, event


def events_of(message: Message) -> list[Event]:
    """Return all events of a request, without what no record has."""
    events: list[Event] = [*spans_in(message), *logs_in(message)]
    events += [(resource, scope, _alone(*point)) for resource, scope, *point in points_in(message)]
    return [tuple(_told(part) for part in event) for event in events]


def _alone(metric: Any, point: Any) -> Metric:
    """Return the metric with this point and no other."""
    copy = Metric()
    copy.CopyFrom(metric)
    points = getattr(copy, metric.WhichOneof("data")).data_points
    del points[:]
    points.add().CopyFrom(point)
    return copy


def _told(message: Message) -> Message:
    """Return a copy without counts of what was dropped, broken ids and what is no number."""
    copy: Any = type(message)()
    copy.CopyFrom(message)
    copy.DiscardUnknownFields()
    _strip(copy)
    return copy  # type: ignore[no-any-return]


def _strip(message: Any) -> None:
    for field, value in message.ListFields():
        if _is_left_out(message, field.name, value):
            message.ClearField(field.name)
        elif field.name in {"attributes", "filtered_attributes"}:
            pairs = _attributes(attributes_of(value))
            message.ClearField(field.name)
            getattr(message, field.name).extend(pairs)
        elif field.name == "body":
            value.CopyFrom(_any(value_of(value)))
        elif field.name == "explicit_bounds":
            value[:] = [each if math.isfinite(each) else 0.0 for each in value]
        elif field.message_type is not None:
            for child in value if field.is_repeated else [value]:
                _strip(child)


def _is_left_out(message: Any, name: str, value: Any) -> bool:
    """Tell whether records have no place for a value, or OTLP reads it as none."""
    if name in _ID_WIDTHS:
        return not (len(value) == _ID_WIDTHS[name] and any(value))
    if name in {"trace_state", "flags"} and message.DESCRIPTOR.full_name.endswith("Span.Link"):
        return True
    if name == "aggregation_temporality":
        return value not in (1, 2)
    if name == "body":
        return value_of(value) is None
    is_no_number = isinstance(value, float) and not math.isfinite(value)
    return name in _LEFT_OUT or is_no_number or (name == "status" and not value.ListFields())


def _attributes(values: Mapping[str, Any]) -> list[KeyValue]:
    return [KeyValue(key=key, value=_any(value)) for key, value in values.items()]


def _any(value: Any) -> AnyValue:
    made = AnyValue()
    if isinstance(value, Mapping):
        made.kvlist_value.SetInParent()
        made.kvlist_value.values.extend(_attributes(value))
    elif isinstance(value, list):
        made.array_value.SetInParent()
        made.array_value.values.extend(map(_any, value))
    elif value is not None:
        kinds = {str: "string", bool: "bool", int: "int", float: "double"}
        setattr(made, f"{kinds[type(value)]}_value", value)
    return made


def _id(record: Record, name: str) -> bytes:
    return bytes.fromhex(record[name] or "")


def _number(names: list[Any], value: Any) -> int:
    return names.index(value) if value in names else int(value)


def _span(record: Record) -> Span:
    start = record["time_unix_nano"] or 0
    if record["duration_ns"] is None:
        end = record.get("end_time_unix_nano", 0)
    else:
        end = (start + record["duration_ns"]) % 2**64
    span = Span(
        trace_id=_id(record, "trace_id"),
        span_id=_id(record, "span_id"),
        parent_span_id=_id(record, "parent_span_id"),
        trace_state=record.get("trace_state", ""),
        flags=record.get("flags", 0),
        name=record["name"],
        start_time_unix_nano=start,
        end_time_unix_nano=end,
        attributes=_attributes(record["attributes"]),
        events=[_span_event(each) for each in record.get("events", [])],
        links=[_link(each) for each in record.get("links", [])],
    )
    span.kind = _number(KINDS, record["kind"])  # type: ignore[assignment]
    code, message = _number(STATUSES, record["status"]), record.get("status_message", "")
    if code or message:
        span.status.code, span.status.message = code, message  # type: ignore[assignment]
    return span


def _span_event(event: Record) -> Span.Event:
    return Span.Event(
        time_unix_nano=event.get("time_unix_nano", 0),
        name=event["name"],
        attributes=_attributes(event["attributes"]),
    )


def _link(link: Record) -> Span.Link:
    return Span.Link(
        trace_id=_id(link, "trace_id"),
        span_id=_id(link, "span_id"),
        attributes=_attributes(link["attributes"]),
    )


def _log(record: Record) -> LogRecord:
    log = LogRecord(
        time_unix_nano=record["time_unix_nano"] or 0,
        observed_time_unix_nano=record.get("observed_time_unix_nano", 0),
        severity_text=record.get("severity_text", ""),
        attributes=_attributes(record["attributes"]),
        trace_id=_id(record, "trace_id"),
        span_id=_id(record, "span_id"),
        flags=record.get("flags", 0),
        event_name=record.get("name", ""),
    )
    log.severity_number = record.get("severity_number", 0)
    if record["body"] is not None:
        log.body.CopyFrom(_any(record["body"]))
    return log


def _metric(record: Record) -> Metric:
    metric = Metric(
        name=record["metric"], unit=record["unit"], description=record.get("description", "")
    )
    data = getattr(metric, record["type"])
    point = data.data_points.add()
    if record["temporality"]:
        data.aggregation_temporality = _TEMPORALITIES.index(record["temporality"])
    if "is_monotonic" in record:
        data.is_monotonic = record["is_monotonic"]
    point.time_unix_nano = record["time_unix_nano"] or 0
    point.start_time_unix_nano = record.get("start_time_unix_nano", 0)
    point.flags = record.get("flags", 0)
    point.attributes.extend(_attributes(record["attributes"]))
    for each in record.get("exemplars", ()):
        point.exemplars.append(_exemplar(each))
    for name, value in record.items():
        if value is not None and name in _VALUES:
            _VALUES[name](point, value)
    return metric


def _exemplar(record: Record) -> Exemplar:
    exemplar = Exemplar(
        time_unix_nano=record.get("time_unix_nano", 0),
        trace_id=_id(record, "trace_id"),
        span_id=_id(record, "span_id"),
        filtered_attributes=_attributes(record["attributes"]),
    )
    if record["value"] is not None:
        _set_value(exemplar, record["value"])
    return exemplar


def _set_value(point: Any, value: float) -> None:
    setattr(point, "as_int" if isinstance(value, int) else "as_double", value)


def _set_buckets(buckets: Any, value: Record) -> None:
    buckets.SetInParent()
    buckets.offset = value["offset"]
    buckets.bucket_counts.extend(value["bucket_counts"])


def _set_quantiles(point: Any, values: list[Record]) -> None:
    for each in values:
        point.quantile_values.add(quantile=each["quantile"] or 0.0, value=each["value"] or 0.0)


def _setter(name: str) -> Callable[[Any, Any], None]:
    return lambda point, value: setattr(point, name, value)


_VALUES: dict[str, Callable[[Any, Any], None]] = {
    "value": _set_value,
    "bucket_counts": lambda point, value: point.bucket_counts.extend(value),
    "explicit_bounds": lambda point, value: point.explicit_bounds.extend(e or 0.0 for e in value),
    "positive": lambda point, value: _set_buckets(point.positive, value),
    "negative": lambda point, value: _set_buckets(point.negative, value),
    "quantiles": _set_quantiles,
    **{
        name: _setter(name)
        for name in ("count", "sum", "min", "max", "scale", "zero_count", "zero_threshold")
    },
}
