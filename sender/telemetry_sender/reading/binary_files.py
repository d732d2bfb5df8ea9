"""Reads files of binary records, which describe themselves, as lines of the dialect `flat`."""

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from telemetry_sender.binary import bitpacked_records, leb128_records
from telemetry_sender.binary.bitpacked_reading import read_record, read_schema
from telemetry_sender.binary.leb128 import MOST_BYTES, LebError, decode_unsigned
from telemetry_sender.binary.leb128_records import TYPES, read_header
from telemetry_sender.binary.numbered import Numbered
from telemetry_sender.binary.tagged_reading import RecordError
from telemetry_sender.binary.tags import Tag
from telemetry_sender.reading.base import Request
from telemetry_sender.reading.errors import UnreadableError
from telemetry_sender.reading.event_lines import line_of
from telemetry_sender.reading.source import Source


class Body(NamedTuple):
    """A record behind its length."""

    at: int
    """Where it begins in the file."""
    data: bytes


class BinaryFile:
    """Reads records that stand behind their lengths."""

    def __init__(
        self,
        source: Source,
        schema: dict[str, object],
        length: Callable[[Source], int],
        read: Callable[[bytes], Numbered],
    ) -> None:
        self._source = source
        self._schema = schema
        self._length = length
        self._read = read

    def schema(self) -> str:
        """Return what the file's header says."""
        return json.dumps(self._schema, ensure_ascii=False)

    def records(self) -> Iterator[Body]:
        """Yield the records without looking into them."""
        while self._source.peek(1):
            size = self._length(self._source)
            yield Body(self._source.at, self._source.take(size, "a record"))

    def line(self, record: Body) -> bytes:
        """Return the line that a file of lines would hold."""
        try:
            return line_of(self._read(record.data).event)
        except RecordError as error:
            raise self._source.damaged(record.at + error.at, error.problem) from None


def open_leb128(request: Request) -> BinaryFile:
    """Return the reader of a file of LEB128 records. Raises DamagedError, UnreadableError."""
    source = request.source
    _take_magic(source, leb128_records.MAGIC, leb128_records.VERSION)
    size = _leb128_length(source)
    at = source.at
    try:
        header = read_header(source.take(size, "the header"))
    except RecordError as error:
        raise source.damaged(at + error.at, error.problem) from None
    types = {number: kind.__name__.lower() for number, kind in TYPES.items()}
    schema = {
        "format": "leb128",
        "version": header.version,
        "stream": header.stream,
        "types": types,
        "tags": {tag.value: tag.name.lower() for tag in Tag},
        "keys": header.keys,
    }
    return BinaryFile(
        source, schema, _leb128_length, lambda data: leb128_records.read_record(data, header.keys)
    )


def open_bitpacked(request: Request) -> BinaryFile:
    """Return the reader of a file of bit-packed records. Raises DamagedError, UnreadableError."""
    source = request.source
    _take_magic(source, bitpacked_records.MAGIC, bitpacked_records.VERSION)
    text = source.take(_fixed_length(source), "the schema")
    at = source.at - len(text)
    try:
        schema = read_schema(text)
    except RecordError as error:
        raise source.damaged(at + error.at, error.problem) from None
    described = {"format": "bitpacked", "version": bitpacked_records.VERSION, **json.loads(text)}
    return BinaryFile(source, described, _fixed_length, lambda data: read_record(data, schema))


def _take_magic(source: Source, magic: bytes, known: int) -> None:
    if source.peek(len(magic)) != magic:
        raise source.damaged(source.at, f"a file of this format begins with {magic!r}")
    source.take(len(magic), "the magic")
    version = source.take(1, "the version")[0]
    if version != known:
        problem = f"version {version} of its format"
        raise UnreadableError(source.name, problem, f"read it with a release that knows {version}")


def _leb128_length(source: Source) -> int:
    start = source.peek(MOST_BYTES)
    try:
        size, end = decode_unsigned(start)
    except LebError as error:
        at, problem = source.at, f"a length: {error.problem}"
        if len(start) < MOST_BYTES:
            at, problem = at + len(start), "the file ends inside a length"
        raise source.damaged(at, problem) from None
    source.take(end, "a length")
    return size


def _fixed_length(source: Source) -> int:
    return int.from_bytes(source.take(bitpacked_records.LENGTH_BYTES, "a length"), "big")
