"""The eight bytes for each marker in a span's text, for many spans at once."""

from collections.abc import Callable
from functools import partial

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from telemetry_common.ids import U64
from telemetry_generator.draws import I64
from telemetry_generator.semantics import draws
from telemetry_generator.semantics.holes import DIGITS, HEX, OFFSET

_QUAD = 10_000
_DIGITS = np.frombuffer(b"".join(b"%04d" % value for value in range(_QUAD)), "<u4").astype(
    np.uint64
)
_HEX = np.frombuffer(b"".join(b"%04x" % value for value in range(1 << 16)), "<u4").astype(np.uint64)
_HALF = np.uint64(32)
_LOW_16 = np.uint64(0xFFFF)

# KeyValue.value (field 2) of six bytes: AnyValue.int_value (field 3), five bytes of varint.
_INT_VALUE = 0x18_06_12


def decimal_words(numbers: I64) -> U64:
    """Return each number below 10^8 as eight ASCII digits, a word that is written little-endian."""
    words: U64 = _DIGITS[numbers // _QUAD] | _DIGITS[numbers % _QUAD] << _HALF
    return words


def hex_words(values: U64) -> U64:
    """Return the low 32 bits of each value as eight hexadecimal ASCII digits."""
    words: U64 = _HEX[values >> np.uint64(16) & _LOW_16] | _HEX[values & _LOW_16] << _HALF
    return words


def int_words(values: I64) -> U64:
    """Return the value field of a KeyValue with an integer from 2^28 to 2^35 - 1."""
    rest = values.astype(np.uint64)
    words = np.full(len(values), _INT_VALUE, np.uint64)
    for place in range(5):
        more = 0x80 if place < 4 else 0
        byte = rest >> np.uint64(7 * place) & np.uint64(0x7F) | np.uint64(more)
        words |= byte << np.uint64(24 + 8 * place)
    return words


def _decimal(ordinal: int, call: U64) -> U64:
    return decimal_words(draws.numbers(call, ordinal))


def _hex_high(call: U64) -> U64:
    return hex_words(draws.message_ids(call) >> _HALF)


def _hex_low(call: U64) -> U64:
    return hex_words(draws.message_ids(call))


def _offset(call: U64) -> U64:
    return int_words(draws.message_offsets(call))


_OFFSET_MARKER = b"\x12\x06" + AnyValue(int_value=OFFSET).SerializeToString()

MARKERS: dict[str, bytes] = {
    **{f"digits{ordinal}": marker.encode() for ordinal, marker in enumerate(DIGITS)},
    "hex_high": HEX[0].encode(),
    "hex_low": HEX[1].encode(),
    "offset": _OFFSET_MARKER,
}
"""What stands where each hole is, as rendered."""

FILLERS: dict[str, Callable[[U64], U64]] = {
    **{f"digits{ordinal}": partial(_decimal, ordinal) for ordinal in range(len(DIGITS))},
    "hex_high": _hex_high,
    "hex_low": _hex_low,
    "offset": _offset,
}
"""The words for each hole, from the random bits of the call; shapes (n,)."""


def find_holes(data: bytes) -> dict[str, int]:
    """Return where each hole is in rendered bytes, -1 for those that are not."""
    return {name: data.find(marker) for name, marker in MARKERS.items()}
