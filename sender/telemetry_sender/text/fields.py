"""The fields of a text that are filled in anew for each send: their kinds and their widths."""

from collections.abc import Mapping
from enum import IntEnum, auto
from typing import NamedTuple


class SlotKind(IntEnum):
    """What stands in a field. A number, since numbers are hashed faster than other members."""

    WIDE_ID = auto()
    """16 bytes as 32 hexadecimal digits."""
    ID = auto()
    """8 bytes as 16 hexadecimal digits."""
    TIME = auto()
    """Unix nanoseconds of 19 digits: from 2001 to 2286."""
    UNSIGNED = auto()
    """A 64-bit integer and its closing quote, then spaces."""
    SIGNED = auto()
    """The same with a sign."""
    REAL = auto()
    """A double, then spaces."""


class EmptyField(NamedTuple):
    """A field before it is filled in: its text, and how long that is from the value on."""

    text: bytes
    value_length: int


REAL_WIDTH = 24
"""The longest double: sign, 17 digits, point, exponent of five characters."""
INTEGER_WIDTH = 21
"""The longest 64-bit integer and a quote behind it."""

EMPTY: Mapping[SlotKind, EmptyField] = {
    SlotKind.WIDE_ID: EmptyField(b'"%b"' % (b"0" * 32), 33),
    SlotKind.ID: EmptyField(b'"%b"' % (b"0" * 16), 17),
    SlotKind.TIME: EmptyField(b'"%b"' % (b"0" * 19), 20),
    SlotKind.UNSIGNED: EmptyField(b'"' + b'0"'.ljust(INTEGER_WIDTH), INTEGER_WIDTH),
    SlotKind.SIGNED: EmptyField(b'"' + b'0"'.ljust(INTEGER_WIDTH), INTEGER_WIDTH),
    SlotKind.REAL: EmptyField(b"0".ljust(REAL_WIDTH), REAL_WIDTH),
}
"""Fields of JSON; white space behind a value is none of the value."""
