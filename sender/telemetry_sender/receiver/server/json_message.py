"""Messages built from the values of OTLP/JSON, several times as fast as protobuf's own reader.

The generated classes take nested values, so that only names and numbers have to be put right. What
is written in an unusual way is not understood here, and is left to protobuf's reader.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

IDS = frozenset(("trace_id", "span_id", "parent_span_id", "profile_id"))
"""The fields that OTLP/JSON writes as hexadecimal instead of base64."""

Read = Callable[[Any], Any]


class UnusualError(ValueError):
    """A value that has to be read by protobuf itself, or is wrong."""


@dataclass(frozen=True, slots=True)
class _Table:
    """How the fields of one message type are read, by their names in JSON."""

    fields: Mapping[str, tuple[str, Read]]
    other_names: frozenset[str]
    """Names that protobuf's reader takes too."""
    exclusive: tuple[frozenset[str], ...]
    """Fields of which a message has one at most."""


def build_message(kind: type[Message], values: Any) -> Message:
    """Return the message that `values`, read from JSON, stand for; unknown fields are ignored.

    Raises ValueError or TypeError for whatever protobuf's reader must judge.
    """
    # There are two implementations of descriptors, which look alike.
    return kind(**_values(cast("Descriptor", kind.DESCRIPTOR), values))


def _values(descriptor: Descriptor, found: Any) -> dict[str, Any]:
    if type(found) is not dict:
        raise UnusualError
    table = _table(descriptor)
    values = {}
    for key, value in found.items():
        field = table.fields.get(key)
        if field is not None:
            name, read = field
            values[name] = read(value)
        elif key in table.other_names:
            raise UnusualError
    if len(values) > 1 and any(len(values.keys() & each) > 1 for each in table.exclusive):
        raise UnusualError
    return values


@cache
def _table(descriptor: Descriptor) -> _Table:
    fields = {each.json_name: (each.name, _read(each)) for each in descriptor.fields}
    return _Table(
        fields,
        frozenset(each.name for each in descriptor.fields) - fields.keys(),
        tuple(frozenset(each.name for each in one.fields) for one in descriptor.oneofs),
    )


def _read(field: FieldDescriptor) -> Read:
    read = _read_one(field)
    return partial(_list, read) if field.is_repeated else read


def _read_one(field: FieldDescriptor) -> Read:
    kind = field.cpp_type
    if field.message_type is not None:
        return partial(_values, field.message_type)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return _hexadecimal if field.name in IDS else _base64
    return _SCALARS.get(kind, _integer)


def _list(read: Read, value: Any) -> list[Any]:
    if type(value) is not list:
        raise UnusualError
    return [read(each) for each in value]


def _integer(value: Any) -> int:
    """Read an integer; one of 64 bits is a decimal string."""
    if type(value) is int:
        return value
    if type(value) is str and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    raise UnusualError


def _number(value: Any) -> float:
    if type(value) is float or type(value) is int:
        return value
    raise UnusualError


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    raise UnusualError


def _truth(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise UnusualError


def _hexadecimal(value: Any) -> bytes:
    return bytes.fromhex(_text(value))


def _base64(value: Any) -> bytes:
    return base64.b64decode(_text(value), validate=True)


_SCALARS: dict[int, Read] = {
    FieldDescriptor.CPPTYPE_BOOL: _truth,
    FieldDescriptor.CPPTYPE_DOUBLE: _number,
    FieldDescriptor.CPPTYPE_STRING: _text,
}
"""The rest are integers and enums, which OTLP writes as integers."""
