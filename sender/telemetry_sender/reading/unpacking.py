"""Undoes the compression of a whole file while it is read, in bounded memory."""

from collections.abc import Iterable, Iterator
from itertools import chain

from isal import isal_zlib

from telemetry_common.zstd_frames import FrameError, unpacked

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_GZIP_ONLY = 31
"""What zlib calls `wbits`: the largest window, and the header of gzip (RFC 1952)."""
_MOST_AT_ONCE = 1 << 20


def plain(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a file, unpacked where it is compressed.

    Raises FrameError where they are damaged, or end too early.
    """
    first = next(pieces, b"")
    everything = chain([first], pieces)
    if first.startswith(_GZIP):
        yield from _gunzipped(everything)
    elif first.startswith(_ZSTD):
        yield from unpacked(everything)
    else:
        yield from everything


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what a run of gzip members unpacks to."""
    member, inside, done = isal_zlib.decompressobj(wbits=_GZIP_ONLY), False, 0
    for piece in pieces:
        rest = piece
        while rest:
            try:
                yield member.decompress(rest, _MOST_AT_ONCE)
            except isal_zlib.error as error:  # type: ignore[misc]  # its stub has no base class
                why = str(error).lower()
                problem = f"not sound gzip data ({why})"
                raise FrameError(done, problem, is_cut_off=False) from None
            inside, rest = not member.eof, member.unconsumed_tail
            if not inside:
                rest = member.unused_data
                member = isal_zlib.decompressobj(wbits=_GZIP_ONLY)
        done += len(piece)
    if inside:
        raise FrameError(done, "ends inside a gzip member", is_cut_off=True)
