"""Cuts a template file into runs of whole top-level fields, each of a few megabytes.

Protobuf messages concatenate, so every chunk can be decoded by itself.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

from telemetry_generator.reading.mapped import release

CHUNK_BYTES = 4 << 20
MAX_MESSAGE_BYTES = 1 << 30
"""Largest top-level message that is read: decoding takes several times its size."""

_LENGTH_DELIMITED = 2
_LONGEST_VARINT = 10
_GROUP_START, _GROUP_END = 3, 4
_FIXED_BYTES = {1: 8, 5: 4}

Data = bytes | mmap.mmap


class FramingError(ValueError):
    """A file is no run of protobuf fields; `offset` is where that shows."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(f"byte {offset}: {problem}")
        self.offset = offset
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Chunk:
    """A run of whole top-level fields: where it begins in the file, and its bytes."""

    offset: int
    data: bytes

    @property
    def end(self) -> int:
        """Where the run ends in the file."""
        return self.offset + len(self.data)


def chunks_of(data: Data, chunk_bytes: int = CHUNK_BYTES) -> Iterator[Chunk]:
    """Yield the file in chunks; memory that a chunk took is given back when the next is asked for.

    Raises FramingError at the first byte that is not the start of a field, after the chunk before.
    """
    start = end = 0
    while end < len(data):
        try:
            after = field_end(data, end)
        except FramingError:
            if end > start:
                yield Chunk(start, data[start:end])
            raise
        if after - start > chunk_bytes and end > start:
            yield Chunk(start, data[start:end])
            start = end
            if isinstance(data, mmap.mmap):
                release(data, start)
        end = after
    if end > start:
        yield Chunk(start, data[start:end])


def field_end(data: Data, offset: int) -> int:
    """Return where the field at `offset` ends. Raises FramingError if it has no proper end."""
    tag, at = _varint(data, offset)
    wire = tag & 7
    if tag >> 3 == 0 or wire in (_GROUP_START, _GROUP_END):
        raise FramingError(offset, "not a field of OTLP")
    if wire == _LENGTH_DELIMITED:
        size, at = _varint(data, at)
        if size > MAX_MESSAGE_BYTES:
            raise FramingError(offset, f"a message of {size:,} bytes, more than can be read")
        end = at + size
    elif wire in _FIXED_BYTES:
        end = at + _FIXED_BYTES[wire]
    elif wire == 0:
        end = _varint(data, at)[1]
    else:
        raise FramingError(offset, "not a wire type")
    if end > len(data):
        raise FramingError(offset, "ends inside a message")
    return end


def _varint(data: Data, at: int) -> tuple[int, int]:
    """Return a varint and the offset behind it."""
    value = 0
    for step in range(_LONGEST_VARINT):
        if at + step >= len(data):
            raise FramingError(at, "ends inside a number")
        byte = data[at + step]
        value |= (byte & 0x7F) << (7 * step)
        if byte < 0x80:
            return value, at + step + 1
    raise FramingError(at, "a number of more than ten bytes")
