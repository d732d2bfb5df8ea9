"""Reads single values of protobuf fields, from the bytes of the last one that came."""

import struct
from collections.abc import Sequence

from telemetry_common.planning.wire import WireError, read_varint
from telemetry_sender.text.rows import Row

Rows = Sequence[Row]
"""The values of one field of a message, as it was found; a field that is not there has none."""

_double = struct.Struct("<d")


def text(data: bytes, rows: Rows | None) -> str:
    """Return a string; bytes that are not UTF-8 become U+FFFD."""
    return data[rows[-1][0] : rows[-1][1]].decode("utf-8", "replace") if rows else ""


def unsigned(data: bytes, rows: Rows | None, bits: int = 64) -> int:
    """Return an unsigned integer, of which a parser keeps the lowest `bits`."""
    if not rows:
        return 0
    at = rows[-1][0]
    value = data[at]
    if value > 0x7F:
        value = read_varint(data, at, len(data))[0]
    return value & ((1 << bits) - 1)


def signed(data: bytes, rows: Rows | None, bits: int = 32) -> int:
    """Return a signed integer in two's complement of `bits`; enums are such, of 32."""
    value = unsigned(data, rows, bits)
    return value - (value >> (bits - 1) << bits)


def zigzag(data: bytes, rows: Rows | None) -> int:
    """Return a sint32."""
    value = unsigned(data, rows, 32)
    return value >> 1 ^ -(value & 1)


def fixed32(data: bytes, rows: Rows | None) -> int:
    """Return an unsigned integer of four bytes."""
    return int.from_bytes(data[rows[-1][0] : rows[-1][1]], "little") if rows else 0


def double(data: bytes, rows: Rows | None) -> float:
    """Return a double."""
    value: float = _double.unpack_from(data, rows[-1][0])[0] if rows else 0.0
    return value


def joined(data: bytes, rows: Rows) -> bytes:
    """Return the bytes of all values together: the parts of a message, or packed numbers."""
    if len(rows) == 1:
        return data[rows[0][0] : rows[0][1]]
    return b"".join([data[start:end] for start, end, _ in rows])


def doubles(packed: bytes) -> tuple[float, ...]:
    """Return doubles that follow one another. Raises WireError where one is cut off."""
    if len(packed) % 8:
        raise WireError(0, "packed values of a broken length")
    return struct.unpack(f"<{len(packed) // 8}d", packed)
