"""Which format a file has: by how it begins, then by how its name ends."""

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from telemetry_sender.reading.base import FileFormat, FileReader, ReaderFactory, Request
from telemetry_sender.reading.errors import UnreadableError

_BEGINNINGS = {
    b"\x89STLEB": FileFormat.LEB128,
    b"\x89STBIT": FileFormat.BITPACKED,
    b"ARROW1": FileFormat.ARROW,
    # An Arrow stream has no magic, but a marker before each of its messages.
    b"\xff\xff\xff\xff": FileFormat.ARROW,
    b"PAR1": FileFormat.PARQUET,
}
_BRACKETS = {b"{": FileFormat.NDJSON, b"[": FileFormat.JSON}
_SUFFIXES = {
    "leb128": FileFormat.LEB128,
    "bitpacked": FileFormat.BITPACKED,
    "ndjson": FileFormat.NDJSON,
    "jsonl": FileFormat.NDJSON,
    "json": FileFormat.JSON,
    "pb": FileFormat.OTLP_PROTOBUF,
    "proto": FileFormat.OTLP_PROTOBUF,
    "binpb": FileFormat.OTLP_PROTOBUF,
    # Messages that are compressed one by one.
    "zmsg": FileFormat.OTLP_PROTOBUF,
    "arrow": FileFormat.ARROW,
    "parquet": FileFormat.PARQUET,
}
_PACKED_SUFFIXES = (".gz", ".zst")
_LONGEST_BEGINNING = 64

_HERE = "telemetry_sender.reading"
_READERS: Mapping[FileFormat, str] = {
    FileFormat.LEB128: f"{_HERE}.binary_files:open_leb128",
    FileFormat.BITPACKED: f"{_HERE}.binary_files:open_bitpacked",
    FileFormat.OTLP_PROTOBUF: f"{_HERE}.otlp_messages:OtlpMessages",
    FileFormat.NDJSON: f"{_HERE}.json_files:JsonLines",
    FileFormat.JSON: f"{_HERE}.json_files:JsonArray",
    FileFormat.ARROW: "telemetry_sender.tables.reading:open_arrow",
    FileFormat.PARQUET: "telemetry_sender.tables.reading:open_parquet",
}


def open_reader(request: Request, file_format: FileFormat | None = None) -> FileReader:
    """Return the reader of a file, in a format that it tells itself unless one is given.

    Raises UnreadableError where it does not tell, DamagedError where its header is not whole.
    """
    module, _, name = _READERS[file_format or _format_of(request)].partition(":")
    return cast("ReaderFactory", getattr(import_module(module), name))(request)


def _format_of(request: Request) -> FileFormat:
    start = request.source.peek(_LONGEST_BEGINNING)
    for beginning, known in _BEGINNINGS.items():
        if start.startswith(beginning):
            return known
    found = _BRACKETS.get(start.lstrip()[:1]) or _by_name(request.name)
    if found is None:
        fix = f"say it by --format: {', '.join(FileFormat)}"
        raise UnreadableError(request.name, "neither its bytes nor its name tell its format", fix)
    return found


def _by_name(name: str) -> FileFormat | None:
    for suffix in _PACKED_SUFFIXES:
        name = name.removesuffix(suffix)
    return _SUFFIXES.get(name.rpartition(".")[2])
