"""A short cut for the commonest of all messages: an attribute that is a string or a number."""

from collections.abc import Mapping

from telemetry_common.planning.wire import read_varint
from telemetry_sender.text.scalars import quoted

# KeyValue.key and KeyValue.value; AnyValue.string_value and AnyValue.int_value: see `common.proto`.
_KEY, _VALUE, _STRING_VALUE, _INT_VALUE = 0x0A, 0x12, 0x0A, 0x18
_ONE_BYTE = 0x80
"""Lengths below are one byte long."""


def plain_attribute(data: bytes, keys: Mapping[bytes, bytes]) -> bytes | None:
    """Return the text of an attribute that holds a short string or a whole number.

    None for any other one, or one that is encoded in an unusual way: those are read in the general
    way. `keys` has the text of each key.
    """
    value_at = plain_value_at(data)
    if value_at is None:
        return None
    value = _plain_value(data, value_at, len(data))
    return value and b'{"key":%b,"value":%b}' % (keys[data[2 : value_at - 2]], value)


def plain_value_at(data: bytes) -> int | None:
    """Return where the content of its AnyValue begins, of at least two bytes, which ends with it.

    None where an attribute is not of fewer than 128 bytes, a key before a value. The key begins at
    byte 2 and ends two bytes before the value.
    """
    size = len(data)
    value_at = 2 + data[1] if size > 1 else size
    if (
        value_at + 4 <= size < _ONE_BYTE
        and data[0] == _KEY
        and data[value_at] == _VALUE
        and data[value_at + 1] == size - value_at - 2
    ):
        return value_at + 2
    return None


def _plain_value(data: bytes, at: int, end: int) -> bytes | None:
    """Return the text of the AnyValue in `data[at:end]`, which is not empty."""
    if data[at] == _STRING_VALUE and data[at + 1] == end - at - 2:
        return b'{"stringValue":%b}' % quoted(data[at + 2 : end])
    if data[at] == _INT_VALUE and data[end - 1] < _ONE_BYTE and end - at < 10:
        value, after = read_varint(data, at + 1, end)
        return b'{"intValue":"%d"}' % value if after == end else None
    return None
