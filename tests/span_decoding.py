"""Decoded spans and attributes as plain values."""

from collections.abc import Iterable
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData


def decoded(data: bytes) -> list[Span]:
    """Return all spans of `TracesData` in the order of the file."""
    return [
        span
        for resource in TracesData.FromString(data).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def attributes(pairs: Iterable[KeyValue]) -> dict[str, Any]:
    """Return attributes by key."""
    return {pair.key: plain(pair.value) for pair in pairs}


def plain(value: AnyValue) -> Any:
    """Return a value as Python has it."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return tuple(map(plain, value.array_value.values))
    if kind == "kvlist_value":
        return attributes(value.kvlist_value.values)
    return getattr(value, kind or "string_value")
