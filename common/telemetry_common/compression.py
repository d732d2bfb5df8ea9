"""Compressed template files: written as a stream, and read back with bounded memory and disk.

A compressed template is a run of Zstandard frames (RFC 8878), told by the `.zst` of its name. It is
never unpacked into memory: readers that go from front to back take it in blocks, and those that
need every byte at its place map a nameless temporary file.
"""

import mmap
from collections.abc import Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from telemetry_common.errors import TemplateError, reason
from telemetry_common.manifest import COMPRESSED_SUFFIX, entry_beside
from telemetry_common.mapped import MappedFile
from telemetry_common.scratch import mapped_scratch
from telemetry_common.zstd_frames import FrameError, unpacked

DEFAULT_LEVEL = 3
"""Zstandard's own choice: about as fast as templates are made."""

MAX_RATIO = 1000
FREE_ALLOWANCE = 1 << 30
"""Without a manifest, a file may unpack to MAX_RATIO times its size, or to this many bytes."""

_BLOCK_BYTES = 1 << 20

_FIX = "generate the set again, or give the right file"


class Writer(Protocol):
    """Takes the bytes of a file, front to back."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""
        ...


def is_compressed(path: Path) -> bool:
    """Tell by its name whether a template file is compressed."""
    return path.name.endswith(COMPRESSED_SUFFIX)


def writer(file: BinaryIO, level: int = DEFAULT_LEVEL) -> AbstractContextManager[Writer]:
    """Return a context manager whose writer compresses into `file`, which stays open behind it.

    The frame has a checksum of its content. `level` is Zstandard's, 1 (fast) to 22 (small).
    """
    compressor = zstandard.ZstdCompressor(level=level, write_checksum=True)
    return compressor.stream_writer(file, closefd=False)


def open_template_bytes(path: Path) -> mmap.mmap:
    """Map the plain bytes of a template file, read-only, compressed or not.

    A compressed one is unpacked once into a nameless temporary file. Where a set keeps its template
    under the other of the two names, `x.pb` or `x.pb.zst`, that file is taken. Raises TemplateError
    for a file that is missing, empty or damaged, or unpacks to more than it should; RunError when
    there is no room to unpack it.
    """
    path = _stored(path)
    try:
        return _unpacked(path) if is_compressed(path) else _plain(path)
    except OSError as error:
        raise _unreadable(path, error) from None
    except ValueError:
        raise TemplateError(str(path), "empty file", _FIX) from None


def read_blocks(
    path: Path, limit: int | None = None, block_bytes: int = _BLOCK_BYTES
) -> Iterator[bytes]:
    """Yield the plain bytes of a template file in order, in blocks of about `block_bytes`.

    `limit` is the most bytes that a compressed one may unpack to; without it, that depends on the
    file's size. Raises TemplateError like `open_template_bytes`, but yields nothing for an empty
    file.
    """
    try:
        with path.open("rb") as file:
            if is_compressed(path):
                limit = _allowance(path) if limit is None else limit
                yield from _gathered(_limited(path, file, limit), block_bytes)
            else:
                yield from iter(partial(file.read, block_bytes), b"")
    except OSError as error:
        raise _unreadable(path, error) from None


def _stored(path: Path) -> Path:
    """Return under which name the set of a missing template keeps it."""
    entry = None if path.exists() else entry_beside(path)
    return path if entry is None else path.parent / entry.path


def _plain(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return MappedFile(file.fileno())


def _unpacked(path: Path) -> mmap.mmap:
    entry = entry_beside(path)
    size = 0 if entry is None else entry.bytes
    limit = None if entry is None else entry.bytes
    return mapped_scratch(path.parent, lambda: read_blocks(path, limit), size)


def _allowance(path: Path) -> int:
    return max(FREE_ALLOWANCE, MAX_RATIO * path.stat().st_size)


def _gathered(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Join pieces to blocks of `size` bytes or a little more."""
    held: list[bytes] = []
    gathered = 0
    for piece in pieces:
        held.append(piece)
        gathered += len(piece)
        if gathered >= size:
            yield b"".join(held)
            held, gathered = [], 0
    if gathered:
        yield b"".join(held)


def _limited(path: Path, file: BinaryIO, limit: int) -> Iterator[bytes]:
    """Yield the unpacked pieces of `file`, up to `limit` bytes of them."""
    size = 0
    for piece in _unpacked_pieces(path, file):
        size += len(piece)
        if size > limit:
            problem = f"unpacks to more than {limit:,} bytes, which is more than it should"
            raise TemplateError(str(path), problem, _FIX)
        yield piece


def _unpacked_pieces(path: Path, file: BinaryIO) -> Iterator[bytes]:
    """Yield what each piece of `file` unpacks to, across all its frames."""
    try:
        yield from unpacked(iter(partial(file.read, _BLOCK_BYTES), b""))
    except FrameError as error:
        place = f"{path}: {'' if error.is_cut_off else 'near '}byte {error.at}"
        raise TemplateError(place, error.problem, _FIX) from None


def _unreadable(path: Path, error: OSError) -> TemplateError:
    return TemplateError(str(path), reason(error), "give an existing template file")
