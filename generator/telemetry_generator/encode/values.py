"""Attributes as protobuf messages."""

from typing import TYPE_CHECKING

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource as ResourceMessage

from telemetry_generator.encode.cells import length_tag, varint
from telemetry_generator.world.attributes import Attributes, Value
from telemetry_generator.world.resources import Resource

if TYPE_CHECKING:  # protobuf's name for a repeated field exists in its type stubs only
    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer

    KeyValues = RepeatedCompositeFieldContainer[KeyValue]

_FIELDS: dict[type, str] = {
    str: "string_value",
    bool: "bool_value",
    int: "int_value",
    float: "double_value",
}


def add_attributes(into: "KeyValues", attributes: Attributes) -> None:
    """Append attributes in their order."""
    for key, value in attributes:
        _set_value(into.add(key=key).value, value)


def attribute_bytes(number: int, attributes: Attributes) -> bytes:
    """Return attributes rendered as the repeated field `number` of a message."""
    tag = length_tag(number)
    pairs = (_pair(key, value).SerializeToString(deterministic=True) for key, value in attributes)
    return b"".join(tag + varint(len(pair)) + pair for pair in pairs)


def _pair(key: str, value: Value) -> KeyValue:
    message = KeyValue(key=key)
    _set_value(message.value, value)
    return message


def _set_value(message: AnyValue, value: Value) -> None:
    if isinstance(value, tuple):
        message.array_value.values.extend(AnyValue(string_value=item) for item in value)
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
