"""One form for messages that mean the same, so that they can be compared as bytes.

The order of fields on the wire is free, and an attribute without a value may be written with an
empty one: the OpenTelemetry Collector does both in its own way.
"""

from functools import lru_cache

from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

# The same attributes come in many streams; long ones seldom do, and would take much memory.
_ATTRIBUTES_KEPT = 1 << 16
_LONGEST_KEPT = 256
_RESOURCES_KEPT = 1 << 10


def canonical_attribute(raw: bytes) -> bytes:
    """Return a serialized `KeyValue` in its canonical form."""
    return _kept_attribute(raw) if len(raw) <= _LONGEST_KEPT else _attribute(raw)


def _attribute(raw: bytes) -> bytes:
    attribute = KeyValue.FromString(raw)
    _drop_empty(attribute)
    return _serialized(attribute)


_kept_attribute = lru_cache(_ATTRIBUTES_KEPT)(_attribute)


def canonical_value(raw: bytes) -> bytes:
    """Return a serialized `AnyValue` in its canonical form."""
    value = AnyValue.FromString(raw)
    _drop_empty_inside(value)
    return _serialized(value)


@lru_cache(_RESOURCES_KEPT)
def canonical_scope(raw: bytes) -> bytes:
    """Return a serialized `InstrumentationScope` in its canonical form."""
    scope = InstrumentationScope.FromString(raw)
    for attribute in scope.attributes:
        _drop_empty(attribute)
    return _serialized(scope)


@lru_cache(_RESOURCES_KEPT)
def canonical_resource(raw: bytes) -> bytes:
    """Return a serialized `Resource` in its canonical form."""
    resource = Resource.FromString(raw)
    for attribute in resource.attributes:
        _drop_empty(attribute)
    return _serialized(resource)


def _drop_empty(attribute: KeyValue) -> None:
    if attribute.value.WhichOneof("value") is None:
        attribute.ClearField("value")
    else:
        _drop_empty_inside(attribute.value)


def _drop_empty_inside(value: AnyValue) -> None:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        for each in value.array_value.values:
            _drop_empty_inside(each)
    elif kind == "kvlist_value":
        for attribute in value.kvlist_value.values:
            _drop_empty(attribute)


def _serialized(message: Message) -> bytes:
    return message.SerializeToString(deterministic=True)
