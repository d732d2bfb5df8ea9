"""The events of requests that the protobuf classes decoded, and what they say in plain Python."""

import json
import math
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"]
STATUSES = ["unset", "ok", "error"]
_LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
_TEMPORALITIES = {1: "delta", 2: "cumulative"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def spans_in(message: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the spans of a request, each behind its resource and its scope."""
    for group in getattr(message, "resource_spans", ()):
        for scope in group.scope_spans:
            for span in scope.spans:
                yield group.resource, scope.scope, span


def logs_in(message: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield log records alike."""
    for group in getattr(message, "resource_logs", ()):
        for scope in group.scope_logs:
            for record in scope.log_records:
                yield group.resource, scope.scope, record


def points_in(message: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Yield data points alike, and behind their metric."""
    for group in getattr(message, "resource_metrics", ()):
        for scope in group.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                for point in getattr(metric, kind).data_points if kind else ():
                    yield group.resource, scope.scope, metric, point


def attributes_of(pairs: Any) -> dict[str, Any]:
    return {pair.key: value_of(pair.value) for pair in pairs}


def value_of(value: Any) -> Any:
    """Return what an AnyValue holds as JSON has it: bytes in base64, nothing for no number."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [value_of(each) for each in value.array_value.values]
    if kind == "kvlist_value":
        return attributes_of(value.kvlist_value.values)
    if kind == "bytes_value":
        return b64encode(value.bytes_value).decode()
    if kind == "double_value":
        return finite(value.double_value)
    # What a profile means by the number of a string has no meaning elsewhere.
    return getattr(value, kind) if kind and kind != "string_value_strindex" else None


def finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def number_of(message: Any) -> int | float | None:
    """Return the value of a point or an exemplar, whichever of its two forms it has."""
    kind = message.WhichOneof("value")
    return getattr(message, kind) if kind else None


def json_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_of(value: Any) -> str | None:
    """Return an attribute or a body as text: what is none as JSON."""
    return value if value is None or isinstance(value, str) else json_of(value)


def identifier(value: bytes, width: int | None = None) -> str | None:
    """Return the digits of an id; None where it is of zeros, or not as wide as it should be."""
    is_wide = width is None or len(value) == width
    return value.hex() if is_wide and any(value) else None


def instant(nanos: int, zone: str = "Z") -> str | None:
    """Return a time with microseconds; None where it is not known."""
    time = _EPOCH + timedelta(microseconds=nanos // 1000)
    return f"{time:%Y-%m-%dT%H:%M:%S.%f}{zone}" if nanos else None


def duration_of(span: Any) -> int | None:
    """Return nanoseconds; start and end may lie on either side of an overflow of 64 bits."""
    start, end = span.start_time_unix_nano, span.end_time_unix_nano
    return signed(end - start) if start and end else None


def signed(number: int) -> int:
    """Return a number of 64 bits as one with a sign."""
    return (number + 2**63) % 2**64 - 2**63


def named(names: Sequence[str], number: int) -> str | int:
    return names[number] if 0 <= number < len(names) else number


def level_of(number: int) -> str | None:
    return _LEVELS[(number - 1) // 4] if 1 <= number <= 24 else None


def temporality_of(metric: Any) -> str | None:
    data = getattr(metric, metric.WhichOneof("data"))
    return _TEMPORALITIES.get(getattr(data, "aggregation_temporality", 0))
