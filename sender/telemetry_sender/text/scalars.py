"""Writes single values of protobuf fields as OTLP/JSON.

The rules are those of https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids in
hexadecimal, enums and 32-bit integers as numbers, 64-bit integers as decimal strings, other bytes
in base64; and of https://protobuf.dev/programming-guides/json/ for what has no number in JSON.
"""

import json
import math
import struct
from base64 import b64encode
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import NamedTuple

from telemetry_common.planning.wire import FIXED32, FIXED64, LENGTH, VARINT, WireError, read_varint

_WORD = (1 << 64) - 1
_encoded = json.JSONEncoder(ensure_ascii=False).encode
_double = struct.Struct("<d")


class Scalar(NamedTuple):
    """A form of values: its wire type, and what turns the bytes of one value into text."""

    wire: int
    text: Callable[[bytes], bytes]


def quoted(text: bytes) -> bytes:
    """Return a string; bytes that are not UTF-8 become U+FFFD, since JSON has no place for them."""
    return _encoded(text.decode("utf-8", "replace")).encode()


def real(value: float) -> bytes:
    """Return a double in the fewest digits that yield it again, at most 24 characters."""
    if math.isfinite(value):
        return repr(value).encode()
    if math.isnan(value):
        return b'"NaN"'
    return b'"Infinity"' if value > 0 else b'"-Infinity"'


def _varint(value: bytes) -> int:
    return read_varint(value, 0, len(value))[0] & _WORD


def _signed(value: int, bits: int) -> int:
    value &= (1 << bits) - 1
    return value - (value >> (bits - 1) << bits)


def _zigzag(value: int) -> int:
    value &= (1 << 32) - 1
    return value >> 1 ^ -(value & 1)


def _hex(value: bytes) -> bytes:
    return b'"%b"' % value.hex().encode()


def _base64(value: bytes) -> bytes:
    return b'"%b"' % b64encode(value)


def _decimal(value: int) -> bytes:
    return b'"%d"' % value


def _unsigned(value: bytes) -> bytes:
    return _decimal(int.from_bytes(value, "little"))


SCALARS: Mapping[str, Scalar] = {
    "string": Scalar(LENGTH, quoted),
    "bytes": Scalar(LENGTH, _base64),
    "id": Scalar(LENGTH, _hex),
    "bool": Scalar(VARINT, lambda value: b"true" if _varint(value) else b"false"),
    "int32": Scalar(VARINT, lambda value: b"%d" % _signed(_varint(value), 32)),
    "uint32": Scalar(VARINT, lambda value: b"%d" % (_varint(value) & 0xFFFFFFFF)),
    "sint32": Scalar(VARINT, lambda value: b"%d" % _zigzag(_varint(value))),
    "int64": Scalar(VARINT, lambda value: _decimal(_signed(_varint(value), 64))),
    "uint64": Scalar(VARINT, lambda value: _decimal(_varint(value))),
    "fixed32": Scalar(FIXED32, lambda value: b"%d" % int.from_bytes(value, "little")),
    "time": Scalar(FIXED64, _unsigned),
    "fixed64": Scalar(FIXED64, _unsigned),
    "sfixed64": Scalar(
        FIXED64, lambda value: _decimal(int.from_bytes(value, "little", signed=True))
    ),
    "double": Scalar(FIXED64, lambda value: real(_double.unpack(value)[0])),
}
"""Forms of fields that hold one value."""

_WIDTHS = {FIXED64: 8, FIXED32: 4}


def split_packed(packed: bytes, wire: int) -> list[bytes]:
    """Return the values, all of one wire type, that a packed field holds. Raises WireError."""
    ends = [0]
    while ends[-1] < len(packed):
        at = ends[-1]
        ends.append(
            at + _WIDTHS[wire] if wire in _WIDTHS else read_varint(packed, at, len(packed))[1]
        )
    if ends[-1] != len(packed):
        raise WireError(0, "packed values of a broken length")
    return [packed[start:end] for start, end in pairwise(ends)]
