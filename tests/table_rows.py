"""What rows of tables have to say, made slowly of requests that protobuf's own classes decoded."""

import math
import struct
from typing import Any

import pyarrow as pa

from otlp_samples import ROOTS
from plain_events import (
    KINDS,
    STATUSES,
    attributes_of,
    duration_of,
    json_of,
    level_of,
    logs_in,
    named,
    number_of,
    points_in,
    spans_in,
    temporality_of,
    text_of,
    value_of,
)
from telemetry_common.signals import Signal

Row = dict[str, Any]


def expected_rows(signal: Signal, request: bytes) -> dict[str, list[Row]]:
    """Return the rows of each stream that a stamped request holds."""
    message: Any = ROOTS[signal].FromString(request)
    if signal is Signal.TRACES:
        return {"traces": [_span(*each) for each in spans_in(message)]}
    if signal is Signal.METRICS:
        return {"metrics": [_point(*each) for each in points_in(message)]}
    logs = [_log(*each) for each in logs_in(message)]
    named = [log["name"] != "" for log in logs]
    without = [{k: v for k, v in log.items() if k != "name"} for log in logs]
    return {
        "logs": [log for log, is_event in zip(without, named, strict=True) if not is_event],
        "events": [log for log, is_event in zip(logs, named, strict=True) if is_event],
    }


def plain_rows(batch: pa.RecordBatch) -> list[Row]:
    """Return rows as Python values that can be compared: instants as nanoseconds."""
    columns = {
        name: column.cast(_plain_type(column.type)).to_pylist()
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    }
    return [
        comparable(dict(zip(columns, row, strict=True)))
        for row in zip(*columns.values(), strict=True)
    ]


def comparable(value: Any) -> Any:
    """Return a value that equals itself: doubles as their bytes."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else struct.pack("<d", value)
    if isinstance(value, dict):
        return {key: comparable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return value


def _plain_type(type_: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(type_):
        return pa.int64()
    if pa.types.is_dictionary(type_):
        return pa.string()
    if pa.types.is_list(type_):
        return pa.list_(_plain_type(type_.value_type))
    if pa.types.is_struct(type_):
        return pa.struct([pa.field(each.name, _plain_type(each.type)) for each in type_])
    return type_


def _origin(resource: Any, scope: Any, attributes: Any) -> Row:
    named = attributes_of(resource.attributes).get("service.name")
    return {
        "service": (str(named) or None) if named is not None else None,
        "scope": scope.name or None,
        "scope_version": scope.version or None,
        "resource": json_of(attributes_of(resource.attributes)),
        "attributes": json_of(attributes_of(attributes)),
    }


def _span(resource: Any, scope: Any, span: Any) -> Row:
    return {
        **_origin(resource, scope, span.attributes),
        "timestamp": _instant(span.start_time_unix_nano),
        "end_time": _instant(span.end_time_unix_nano),
        "duration_ns": duration_of(span),
        "trace_id": _hex(span.trace_id, 16),
        "span_id": _hex(span.span_id, 8),
        "parent_span_id": _hex(span.parent_span_id, 8),
        "name": span.name,
        "kind": str(named(KINDS, span.kind)),
        "status": str(named(STATUSES, span.status.code)),
        "status_message": span.status.message or None,
        "trace_state": span.trace_state or None,
        "flags": span.flags,
        "events": [
            {
                "timestamp": _instant(event.time_unix_nano),
                "name": event.name,
                "attributes": json_of(attributes_of(event.attributes)),
            }
            for event in span.events
        ],
        "links": [
            {
                "trace_id": _hex(link.trace_id, 16),
                "span_id": _hex(link.span_id, 8),
                "attributes": json_of(attributes_of(link.attributes)),
            }
            for link in span.links
        ],
    }


def _log(resource: Any, scope: Any, log: Any) -> Row:
    number = log.severity_number
    return {
        **_origin(resource, scope, log.attributes),
        "timestamp": _instant(log.time_unix_nano),
        "observed_time": _instant(log.observed_time_unix_nano),
        "level": level_of(number),
        "severity_number": number or None,
        "severity_text": log.severity_text or None,
        "body": text_of(value_of(log.body)),
        "trace_id": _hex(log.trace_id, 16),
        "span_id": _hex(log.span_id, 8),
        "flags": log.flags,
        "name": log.event_name,
    }


def _point(resource: Any, scope: Any, metric: Any, point: Any) -> Row:
    kind = metric.WhichOneof("data")
    return {
        **_origin(resource, scope, point.attributes),
        "timestamp": _instant(point.time_unix_nano),
        "start_time": _instant(point.start_time_unix_nano),
        "metric": metric.name,
        "type": kind,
        "description": metric.description or None,
        "unit": metric.unit or None,
        "temporality": temporality_of(metric),
        "is_monotonic": metric.sum.is_monotonic if kind == "sum" else None,
        "flags": point.flags,
        **_values(kind, point),
        "exemplars": [_exemplar(each) for each in getattr(point, "exemplars", ())],
    }


def _values(kind: str, point: Any) -> Row:
    is_number, is_summary = kind in ("gauge", "sum"), kind == "summary"
    is_histogram, is_exponential = kind == "histogram", kind == "exponential_histogram"
    value = number_of(point) if is_number else None
    has_range = is_histogram or is_exponential
    return {
        "value": None if value is None else float(value),
        "value_int": value if isinstance(value, int) else None,
        "count": None if is_number else point.count,
        "sum": point.sum if is_summary or (has_range and point.HasField("sum")) else None,
        "min": point.min if has_range and point.HasField("min") else None,
        "max": point.max if has_range and point.HasField("max") else None,
        "bucket_counts": list(point.bucket_counts) if is_histogram else [],
        "explicit_bounds": list(point.explicit_bounds) if is_histogram else [],
        "scale": point.scale if is_exponential else None,
        "zero_count": point.zero_count if is_exponential else None,
        "zero_threshold": point.zero_threshold if is_exponential else None,
        **_side("positive", point if is_exponential else None),
        **_side("negative", point if is_exponential else None),
        "quantiles": [
            {"quantile": each.quantile, "value": each.value}
            for each in (point.quantile_values if is_summary else ())
        ],
    }


def _side(side: str, point: Any) -> Row:
    if point is None or not point.HasField(side):
        return {f"{side}_offset": None, f"{side}_counts": []}
    buckets = getattr(point, side)
    return {f"{side}_offset": buckets.offset, f"{side}_counts": list(buckets.bucket_counts)}


def _exemplar(exemplar: Any) -> Row:
    value = number_of(exemplar)
    return {
        "timestamp": _instant(exemplar.time_unix_nano),
        "value": None if value is None else float(value),
        "trace_id": _hex(exemplar.trace_id, 16),
        "span_id": _hex(exemplar.span_id, 8),
        "attributes": json_of(attributes_of(exemplar.filtered_attributes)),
    }


def _instant(nanos: int) -> int | None:
    """Return what a timestamp of 64 bits with a sign can hold."""
    return nanos if 0 < nanos < 2**63 else None


def _hex(value: bytes, width: int) -> str | None:
    return value.hex() if len(value) == width else None
