"""Cuts the bytes of a template file into pieces that are valid files themselves.

A file is a run of top-level fields. Fields 1, one a resource, are shared out; all others, such as
the dictionary of profiles, are kept and repeated at the beginning of every later piece.
"""

from collections.abc import Iterable, Iterator

from telemetry_common.planning.wire import LENGTH, WireError

_RESOURCE_TAG = 1 << 3 | LENGTH
_MAX_VARINT = 10


def pieces(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the file that `blocks` make up as pieces of about `size` bytes or one resource.

    Raises WireError where the bytes are no length-delimited fields, or end inside one.
    """
    kept, held, read = b"", bytearray(), 0
    for block in blocks:
        held += block
        if len(held) < size:
            continue
        end, rest = _whole_fields(held, read)
        if end:
            yield kept + bytes(held[:end])
            kept += rest
            read += end
            del held[:end]
    end, _ = _whole_fields(held, read)
    if end < len(held):
        raise WireError(read + end, "the file ends inside a field")
    if held:
        yield kept + bytes(held)


def repeated(data: bytes) -> bytes:
    """Return the fields of a piece that every later piece needs too. Raises WireError."""
    return _whole_fields(bytearray(data), 0)[1]


def _whole_fields(data: bytearray, read: int) -> tuple[int, bytes]:
    """Return the end of the last whole field, and the fields that are not resources.

    `read` is the offset of `data` in its file, for errors.
    """
    at, rest = 0, b""
    while at < len(data):
        tag, start = _varint(data, at, read)
        size, start = _varint(data, start, read)
        if start < 0 or start + size > len(data):
            break
        if tag & 7 != LENGTH:
            raise WireError(read + at, "not a field of a template file")
        if tag != _RESOURCE_TAG:
            rest += data[at : start + size]
        at = start + size
    return at, rest


def _varint(data: bytearray, at: int, read: int) -> tuple[int, int]:
    """Return the number at `at` and the offset behind it; -1 where the data ends before that."""
    if at < 0:
        return 0, -1
    value = 0
    for count, byte in enumerate(data[at : at + _MAX_VARINT]):
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            return value, at + count + 1
    if at + _MAX_VARINT <= len(data):
        raise WireError(read + at, "not a number of protobuf")
    return 0, -1
