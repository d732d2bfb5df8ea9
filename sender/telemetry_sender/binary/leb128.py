"""Integers of 64 bits in LEB128: seven bits a byte, the lowest first, the top one says go on.

The encoding is that of DWARF 5, section 7.6. A number may be padded: `81 80 00` is 1 as well as
`01` is. Stamped values need that, since they have the same width in every pass. Unsigned ones are
the varints of protobuf.
"""

from telemetry_common.planning.wire import encode_varint

MOST_BYTES = 10
"""What 64 bits take; nothing longer is read."""

_LEAST_SIGNED, _BEHIND_SIGNED = -(1 << 63), 1 << 63
_BEHIND_UNSIGNED = 1 << 64
# Most lengths, counts and keys.
_SHORT = [bytes([value]) for value in range(0x80)]


class LebError(ValueError):
    """Bytes that are no LEB128 number of 64 bits; `at` is where the number begins."""

    def __init__(self, at: int, problem: str) -> None:
        super().__init__(f"byte {at}: {problem}")
        self.at = at
        self.problem = problem


def encode_unsigned(value: int) -> bytes:
    """Return 0 ≤ value < 2⁶⁴ in the fewest bytes. Raises ValueError for any other."""
    if 0 <= value <= 0x7F:
        return _SHORT[value]
    if not 0 <= value < _BEHIND_UNSIGNED:
        raise ValueError(f"{value} is no unsigned integer of 64 bits")
    return encode_varint(value)


def encode_signed(value: int) -> bytes:
    """Return -2⁶³ ≤ value < 2⁶³ in the fewest bytes. Raises ValueError for any other."""
    if not _LEAST_SIGNED <= value < _BEHIND_SIGNED:
        raise ValueError(f"{value} is no signed integer of 64 bits")
    encoded = bytearray()
    # Bit 6 of the last byte is the sign: it stands for all bits above it.
    while not -0x40 <= value < 0x40:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value & 0x7F)
    return bytes(encoded)


def decode_unsigned(data: bytes, at: int = 0) -> tuple[int, int]:
    """Return the number that begins at `at`, and where it ends.

    Raises LebError where `data` ends inside it, or it does not fit 64 bits or ten bytes.
    """
    value, _, end = _bits(data, at)
    if value >= _BEHIND_UNSIGNED:
        raise LebError(at, "number larger than 64 bits")
    return value, end


def decode_signed(data: bytes, at: int = 0) -> tuple[int, int]:
    """Return the signed number that begins at `at`, and where it ends. Raises LebError as above."""
    value, width, end = _bits(data, at)
    if value >> width - 1:
        value -= 1 << width
    if not _LEAST_SIGNED <= value < _BEHIND_SIGNED:
        raise LebError(at, "number larger than 64 bits")
    return value, end


def _bits(data: bytes, at: int) -> tuple[int, int, int]:
    """Return the bits of the number at `at`, how many they are, and where it ends."""
    value = width = 0
    for end in range(at, min(at + MOST_BYTES, len(data))):
        value |= (data[end] & 0x7F) << width
        width += 7
        if data[end] < 0x80:
            return value, width, end + 1
    longer = at + MOST_BYTES <= len(data)
    raise LebError(at, "number longer than ten bytes" if longer else "number cut off")
