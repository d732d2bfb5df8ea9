"""Attributes as protobuf messages, each distinct pair made once."""

from collections.abc import Iterable

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource as ResourceMessage

from telemetry_generator.world.attributes import Attributes, Value
from telemetry_generator.world.resources import Resource


def key_value(key: str, value: Value) -> KeyValue:
    """Return one attribute; `bool` is asked for first, because it is an `int` too."""
    match value:
        case bool():
            return KeyValue(key=key, value=AnyValue(bool_value=value))
        case str():
            return KeyValue(key=key, value=AnyValue(string_value=value))
        case int():
            return KeyValue(key=key, value=AnyValue(int_value=value))
        case float():
            return KeyValue(key=key, value=AnyValue(double_value=value))


def key_values(attributes: Attributes) -> list[KeyValue]:
    """Return attributes in their order."""
    return [key_value(key, value) for key, value in attributes]


class ResourceMessages:
    """The protobuf message of each resource, made when first asked for."""

    def __init__(self) -> None:
        self._messages: dict[Resource, ResourceMessage] = {}

    def __getitem__(self, resource: Resource) -> ResourceMessage:
        found = self._messages.get(resource)
        if found is None:
            found = ResourceMessage(attributes=key_values(resource.attributes))
            self._messages[resource] = found
        return found


class KeyValueCache:
    """Attributes that come up again and again, such as those of series."""

    def __init__(self) -> None:
        self._messages: dict[tuple[str, Value], KeyValue] = {}

    def get(self, attributes: Iterable[tuple[str, Value]]) -> list[KeyValue]:
        """Return attributes in their order; the messages are shared and must not be changed."""
        return [self._messages.get(pair) or self._add(pair) for pair in attributes]

    def _add(self, pair: tuple[str, Value]) -> KeyValue:
        message = self._messages[pair] = key_value(*pair)
        return message
