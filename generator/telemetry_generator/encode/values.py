"""Attributes as protobuf messages."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from telemetry_generator.encode.cells import length_tag, varint

if TYPE_CHECKING:
    from telemetry_generator.world.attributes import Value

AnyKind: TypeAlias = "Value | bytes | tuple[AnyKind, ...] | Mapping[str, AnyKind]"
"""What an `AnyValue` can hold: further arrays and mappings, too."""

_FIELDS: dict[type, str] = {
    str: "string_value",
    bool: "bool_value",
    int: "int_value",
    float: "double_value",
    bytes: "bytes_value",
}


def attribute_bytes(number: int, attributes: Iterable[tuple[str, AnyKind]]) -> bytes:
    """Return attributes rendered as the repeated field `number` of a message."""
    tag = length_tag(number)
    pairs = (_pair(key, value).SerializeToString(deterministic=True) for key, value in attributes)
    return b"".join(tag + varint(len(pair)) + pair for pair in pairs)


def _pair(key: str, value: AnyKind) -> KeyValue:
    message = KeyValue(key=key)
    _set_value(message.value, value)
    return message


def _set_value(message: AnyValue, value: AnyKind) -> None:
    if isinstance(value, tuple):
        message.array_value.SetInParent()
        for item in value:
            _set_value(message.array_value.values.add(), item)
    elif isinstance(value, Mapping):
        message.kvlist_value.SetInParent()
        message.kvlist_value.values.extend(_pair(key, item) for key, item in value.items())
    else:
        setattr(message, _FIELDS[type(value)], value)
