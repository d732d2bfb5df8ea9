"""What stands in a file around its records."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Framing:
    """What a file begins and ends with; compressed like everything in it."""

    header: bytes = b""
    trailer: bytes = b""
    skipped: int = 0
    """Bytes of a file's first record that are left out: a separator before each record."""


PLAIN = Framing()
