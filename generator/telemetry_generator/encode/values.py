"""Attributes as protobuf messages."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource as ResourceMessage

from telemetry_generator.encode.cells import length_tag, varint
from telemetry_generator.world.attributes import Attributes, Value
from telemetry_generator.world.resources import Resource

if TYPE_CHECKING:  # protobuf's name for a repeated field exists in its type stubs only
    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer

    KeyValues = RepeatedCompositeFieldContainer[KeyValue]

AnyKind: TypeAlias = "Value | bytes | tuple[AnyKind, ...] | Mapping[str, AnyKind]"
"""What an `AnyValue` can hold: further arrays and mappings, too."""

_FIELDS: dict[type, str] = {
    str: "string_value",
    bool: "bool_value",
    int: "int_value",
    float: "double_value",
    bytes: "bytes_value",
}


def add_attributes(into: "KeyValues", attributes: Attributes) -> None:
    """Append attributes in their order."""
    for key, value in attributes:
        _set_value(into.add(key=key).value, value)


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


class ResourceMessages:
    """The protobuf message of each resource, made when first asked for."""

    def __init__(self) -> None:
        self._messages: dict[Resource, ResourceMessage] = {}

    def __getitem__(self, resource: Resource) -> ResourceMessage:
        found = self._messages.get(resource)
        if found is None:
            found = self._messages[resource] = ResourceMessage()
            add_attributes(found.attributes, resource.attributes)
        return found


class KeyValueCache:
    """Attributes that come up again and again, such as those of series."""

    def __init__(self) -> None:
        self._messages: dict[tuple[str, Value], KeyValue] = {}

    def get(self, attributes: Attributes) -> list[KeyValue]:
        """Return attributes in their order; the messages are shared and must not be changed."""
        return [self._messages.get(pair) or self._add(pair) for pair in attributes]

    def _add(self, pair: tuple[str, Value]) -> KeyValue:
        key, value = pair
        message = self._messages[pair] = _pair(key, value)
        return message
