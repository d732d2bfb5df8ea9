"""Template files read piece by piece: whole top-level messages, and proof that none is missing."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from telemetry_common.compression import read_blocks
from telemetry_common.errors import TemplateError
from telemetry_common.manifest import ManifestFile

CHUNK_BYTES = 4 << 20

_LENGTH_DELIMITED = 2
_LONGEST_VARINT = 10


def template_chunks(directory: Path, entry: ManifestFile) -> Iterator[bytes]:
    """Yield the file of `entry` as runs of whole top-level fields, each of a few megabytes.

    Concatenated protobuf messages are one message, so every chunk can be decoded on its own.
    Raises TemplateError when the file is missing, truncated or not the one in the manifest.
    """
    path = directory / entry.path
    digest = hashlib.sha256()
    rest = b""
    for block in read_blocks(path, entry.bytes, CHUNK_BYTES):
        digest.update(block)
        data = rest + block
        end = _whole_fields(data, path)
        if end:
            yield data[:end]
        rest = data[end:]
    if rest:
        raise TemplateError(str(path), "ends inside a message", "generate the set again")
    if digest.hexdigest() != entry.sha256:
        raise TemplateError(str(path), "differs from its manifest", "generate the set again")


def _whole_fields(data: bytes, path: Path) -> int:
    """Return where the last complete top-level field of `data` ends."""
    end = 0
    while True:
        try:
            tag, position = _varint(data, end)
            size, position = _varint(data, position)
        except IndexError:
            return end
        except ValueError:
            tag = size = 0
        if tag & 7 != _LENGTH_DELIMITED:
            raise TemplateError(str(path), f"not OTLP at byte {end}", "give a template file")
        if position + size > len(data):
            return end
        end = position + size


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """Return (value, next position). Raises IndexError at the end, ValueError if malformed."""
    value = 0
    for step in range(_LONGEST_VARINT):
        byte = data[position + step]
        value |= (byte & 0x7F) << (7 * step)
        if byte < 0x80:
            return value, position + step + 1
    raise ValueError("a varint has at most 10 bytes")
