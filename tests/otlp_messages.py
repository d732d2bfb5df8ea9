"""Reads files of OTLP requests message by message, whoever wrote them."""

import struct
from collections.abc import Iterator

import zstandard


def lines(data: bytes) -> Iterator[bytes]:
    """Yield the lines of a file, the last one of which ends, too."""
    if data:
        assert data.endswith(b"\n")
        yield from data[:-1].split(b"\n")


def prefixed(data: bytes) -> Iterator[bytes]:
    """Yield messages that stand behind their lengths, each four bytes, big-endian."""
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 4 + length]
        at += 4 + length
    assert at == len(data), "the last message is cut off"


def decompressed(data: bytes) -> Iterator[bytes]:
    """Yield messages that are compressed by themselves with zstd, behind their lengths."""
    yield from map(zstandard.ZstdDecompressor().decompress, prefixed(data))
