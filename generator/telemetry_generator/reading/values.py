"""Attribute values as plain Python and as short text, safe to show anywhere."""

from collections.abc import Iterable
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

_SHOWN_ITEMS = 20


def text_of(value: AnyValue) -> str:
    """Return a value of any type as text: strings as they are, lists and maps as in JSON."""
    kind = value.WhichOneof("value")
    if kind is None:
        return ""
    if kind == "array_value":
        return f"[{_joined(map(text_of, value.array_value.values))}]"
    if kind == "kvlist_value":
        pairs = (f"{pair.key}: {text_of(pair.value)}" for pair in value.kvlist_value.values)
        return f"{{{_joined(pairs)}}}"
    if kind == "bytes_value":
        return value.bytes_value[:32].hex()
    return _scalar(getattr(value, kind))


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _joined(items: Iterable[str]) -> str:
    shown: list[str] = []
    for item in items:
        if len(shown) == _SHOWN_ITEMS:
            return ", ".join([*shown, "…"])
        shown.append(item)
    return ", ".join(shown)


def attributes_of(pairs: Iterable[KeyValue]) -> dict[str, str]:
    """Return attributes as text by key."""
    return {pair.key: text_of(pair.value) for pair in pairs}


def printable(text: str, limit: int = 200) -> str:
    """Return text on one line, without control characters, cut to `limit` characters."""
    flat = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
