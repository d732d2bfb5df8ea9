"""What tells one message from the next in a file."""

from collections.abc import Callable

import zstandard

Frame = Callable[[bytes], bytes]
"""Returns a message as it stands in the file."""

# What the Collector's file exporter takes by default; it adds a checksum to each message, too.
_ZSTD_LEVEL = 3


def as_it_is(message: bytes) -> bytes:
    """Return a message that ends by itself."""
    return message


def with_length(message: bytes) -> bytes:
    """Return a message behind its length: four bytes, big-endian, as the Collector writes it."""
    return len(message).to_bytes(4, "big") + message


def compressed_with_length() -> Frame:
    """Return what compresses each message by itself, as zstd, and puts its length before it."""
    compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL, write_checksum=True)
    return lambda message: with_length(compressor.compress(message))
