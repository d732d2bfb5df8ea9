"""What lines of line protocol say, told slowly from requests that the protobuf classes decoded."""

import math
from collections.abc import Collection, Iterator
from typing import Any

from line_protocol import FieldValue, Line
from plain_events import (
    KINDS,
    STATUSES,
    finite,
    identifier,
    level_of,
    named,
    number_of,
    text_of,
    value_of,
)
from seen_events import Seen

_MOST = (1 << 63) - 1
_FIXED = {
    "traces": "kind status trace_id span_id parent_span_id name duration_ns status_message"
    " trace_state events links flags",
    "metrics": "value count sum min max scale zero_count zero_threshold positive_offset"
    " positive_counts negative_offset negative_counts flags",
    "logs": "severity trace_id span_id event_name severity_number severity_text body observed_ns"
    " flags",
}
_RESERVED = {"time", "_time", "_field", "_measurement", "_value", "_start", "_stop"}

Said = dict[str, FieldValue | None]


def line_of(seen: Seen, tags: Collection[str] | None) -> Line:
    """Return the line of an event; `tags` are the keys that are tags, None for all."""
    signal, measurement, time, own_tags, own = _own(seen)
    found_tags, attributes = _attributes(seen, tags, set(_FIXED[signal].split()) | _RESERVED)
    said = {key: _stored(value) for key, value in own.items() if value is not None}
    said |= {key: _stored(value) for key, value in attributes.items() if _has_form(value)}
    if seen.event.flags or not said:
        said["flags"] = seen.event.flags
    all_tags = {key: value for key, value in (found_tags | own_tags).items() if value}
    return Line(measurement, all_tags, said, min(time, _MOST - 1))


def _attributes(
    seen: Seen, tags: Collection[str] | None, taken: set[str]
) -> tuple[dict[str, str], dict[str, Any]]:
    """Return tags and fields under their names: the resource's tags first, then the event's own."""
    found_tags, fields = {}, {}
    taken = set(taken)
    for is_tag, said, prefix in (
        (True, seen.resource, "resource."),
        (True, seen.attributes, "attributes."),
        (False, seen.attributes, "attributes."),
    ):
        for key, value in said.items():
            name = spaced(key).replace("\\", "/")
            if is_tag != (tags is None or key in tags) or not name:
                continue
            while name in taken:
                name = prefix + name
            taken.add(name)
            if is_tag:
                found_tags[name] = spaced(text_of(value) or "").rstrip("\\")
            else:
                fields[name] = value
    return found_tags, fields


def spaced(text: str) -> str:
    """Return a text with spaces for control characters."""
    return "".join(" " if ord(each) < 32 or ord(each) == 127 else each for each in text)


def stored_text(text: str) -> str:
    """Return a text field as it is read back by a reader that knows no escaped line breaks."""
    return text.replace("\0", "\ufffd").replace("\n", "\\n").replace("\r", "\\r")


def _stored(value: Any) -> FieldValue:
    if isinstance(value, str | list | dict):
        return stored_text(text_of(value) or "")
    if isinstance(value, int) and not isinstance(value, bool):
        return max(min(value, _MOST), -_MOST - 1)
    assert isinstance(value, float | bool)
    return value


def _has_form(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def _own(seen: Seen) -> tuple[str, str, int, dict[str, str], Said]:
    """Return signal, measurement, time, tags and fields of an event without its attributes."""
    if seen.stream == "metrics":
        return "metrics", _measurement(seen), seen.event.time_unix_nano, {}, dict(_of_point(seen))
    return _of_span(seen) if seen.stream == "traces" else _of_log(seen)


def _measurement(seen: Seen) -> str:
    name = spaced(seen.metric.name).replace("\\", "/") or "unnamed"
    return f"metric{name}" if name.startswith("#") else name


def _of_span(seen: Seen) -> tuple[str, str, int, dict[str, str], Said]:
    span = seen.event
    tags = {
        "kind": str(named(KINDS, span.kind)),
        "status": str(named(STATUSES, span.status.code)),
    }
    fields: Said = {
        "trace_id": identifier(span.trace_id),
        "span_id": identifier(span.span_id),
        "parent_span_id": identifier(span.parent_span_id),
        "name": span.name,
        "duration_ns": seen.duration,
        "status_message": span.status.message or None,
        "trace_state": span.trace_state or None,
        "events": len(span.events) or None,
        "links": len(span.links) or None,
    }
    return "traces", "spans", span.start_time_unix_nano or span.end_time_unix_nano, tags, fields


def _of_log(seen: Seen) -> tuple[str, str, int, dict[str, str], Said]:
    log, number = seen.event, seen.event.severity_number
    body = value_of(log.body)
    fields: Said = {
        "trace_id": identifier(log.trace_id),
        "span_id": identifier(log.span_id),
        "event_name": log.event_name or None,
        "severity_text": log.severity_text or None,
        "severity_number": number or None,
        "body": body if _has_form(body) else None,
        "observed_ns": min(log.observed_time_unix_nano, _MOST - 1) or None,
    }
    level = level_of(number) or ""
    time = log.time_unix_nano or log.observed_time_unix_nano
    return "logs", "events" if log.event_name else "logs", time, {"severity": level}, fields


def _of_point(seen: Seen) -> Iterator[tuple[str, FieldValue | None]]:
    point = seen.event
    if hasattr(point, "as_double"):
        value = number_of(point)
        yield "value", None if value is None else finite(value)
        return
    yield "count", min(point.count, _MOST)
    for name in ("sum", "min", "max"):
        if hasattr(point, name) and (not hasattr(point, "min") or point.HasField(name)):
            yield name, finite(getattr(point, name))
    if hasattr(point, "quantile_values"):
        for each in point.quantile_values:
            yield f"quantile_{each.quantile!r}", finite(each.value)
    elif hasattr(point, "bucket_counts"):
        bounds = [*map(repr, point.explicit_bounds), "+Inf"]
        for bound, count in zip(bounds, point.bucket_counts, strict=False):
            yield f"bucket_{bound}", min(count, _MOST)
    else:
        yield from _of_exponential(point)


def _of_exponential(point: Any) -> Iterator[tuple[str, FieldValue | None]]:
    yield "scale", point.scale
    yield "zero_count", min(point.zero_count, _MOST)
    yield "zero_threshold", finite(point.zero_threshold) or None
    for side in ("positive", "negative"):
        buckets = getattr(point, side)
        if buckets.bucket_counts:
            yield f"{side}_offset", buckets.offset
            yield f"{side}_counts", " ".join(map(str, buckets.bucket_counts))
