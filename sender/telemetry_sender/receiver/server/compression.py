"""Compressed HTTP bodies, unpacked within a limit: a small body must not fill the memory."""

import zlib
from collections.abc import Callable, Iterator

import zstandard
from isal import isal_zlib

# RFC 9659, section 3: a decoder of HTTP content need not take a window above 8 MB.
_ZSTD_WINDOW_BYTES = 8 << 20
# A few bytes can stand for a block of 128 KiB, so 1 KiB unpacks to 32 MiB at the very most.
_ZSTD_PIECE_BYTES = 1 << 10

# The stubs take the class for an instance of itself.
_IsalError: type[Exception] = isal_zlib.error  # type: ignore[assignment]

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_DEFLATE_METHOD = 8


class TooLargeError(Exception):
    """The content is larger than the limit."""


class DamagedError(Exception):
    """The body is not what its encoding says."""


def unpack(encoding: str, body: bytes, limit: int) -> bytes:
    """Return the content of a body in one of ENCODINGS, of `limit` bytes at most.

    Raises TooLargeError or DamagedError.
    """
    size = 0
    pieces = []
    for piece in ENCODINGS[encoding](body, limit):
        size += len(piece)
        if size > limit:
            raise TooLargeError
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _identity(body: bytes, _limit: int) -> Iterator[bytes]:
    yield body


def _gzip(body: bytes, limit: int) -> Iterator[bytes]:
    """Yield the members of a gzip file (RFC 1952 allows several)."""
    while True:
        member = isal_zlib.decompressobj(_GZIP)
        yield _inflated(member, body, limit)
        body = member.unused_data
        if not body:
            return


def _deflate(body: bytes, limit: int) -> Iterator[bytes]:
    """Yield the content of zlib data; without its header too, as some clients send it."""
    has_header = bool(body) and body[0] & 0x0F == _DEFLATE_METHOD
    stream = isal_zlib.decompressobj(_ZLIB if has_header else _RAW_DEFLATE)
    yield _inflated(stream, body, limit)
    if stream.unused_data:
        raise DamagedError("something follows behind the end")


def _inflated(stream: "isal_zlib.Decompress", body: bytes, limit: int) -> bytes:
    """Return what a stream unpacks to, or one byte more than the limit."""
    try:
        content = stream.decompress(body, limit + 1)
    except _IsalError as error:
        raise DamagedError(str(error)) from None
    if not stream.eof and len(content) <= limit:
        raise DamagedError("ends too early")
    return content


def _zstd(body: bytes, _limit: int) -> Iterator[bytes]:
    """Yield the content of Zstandard frames (RFC 8878 allows several) piece by piece."""
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    frame, inside = decompressor.decompressobj(), True
    for start in range(0, len(body), _ZSTD_PIECE_BYTES):
        rest = body[start : start + _ZSTD_PIECE_BYTES]
        while rest:
            frame = frame if inside else decompressor.decompressobj()
            try:
                yield frame.decompress(rest)
            except zstandard.ZstdError as error:
                raise DamagedError(str(error)) from None
            inside, rest = not frame.eof, frame.unused_data
    if inside:
        raise DamagedError("ends too early")


ENCODINGS: dict[str, Callable[[bytes, int], Iterator[bytes]]] = {
    "identity": _identity,
    "gzip": _gzip,
    "zstd": _zstd,
    "deflate": _deflate,
}
"""How the values of Content-Encoding are unpacked."""
