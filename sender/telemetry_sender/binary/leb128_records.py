"""Records of LEB128 numbers and tagged values; `docs/binary.md` has the layout byte by byte."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from telemetry_sender.binary.forms import ULEB9
from telemetry_sender.binary.leb128 import encode_unsigned
from telemetry_sender.binary.numbered import Numbered
from telemetry_sender.binary.pieces import Pieces
from telemetry_sender.binary.shapes import SHAPES, TIME_FIELDS, ShapeError, built, time_of
from telemetry_sender.binary.tagged_reading import RecordError, TaggedReader
from telemetry_sender.binary.tagged_writing import TaggedWriter, sized_text
from telemetry_sender.binary.tags import KEYS
from telemetry_sender.events.model import Event, Log, Point, Span
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.writer import RecordWriter

MAGIC = b"\x89STLEB\r\n"
"""What a file begins with: no text does, and a transfer that rewrites line breaks shows."""
VERSION = 1

TYPES: Mapping[int, type] = {1: Span, 2: Point, 3: Log}
"""What the type byte of a record says."""
_TIME_FIELDS = {kind: frozenset({name}) for kind, name in TIME_FIELDS.items()}
_TYPE_BYTES = {kind: bytes([number]) for number, kind in TYPES.items()}


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says about itself."""

    version: int
    stream: str
    keys: tuple[str, ...]
    """Key n of its records is `keys[n - 1]`."""


def header(stream: str) -> bytes:
    """Return what a file of this stream begins with."""
    texts = b"".join(map(sized_text, KEYS))
    body = sized_text(stream) + encode_unsigned(len(KEYS)) + texts
    return MAGIC + bytes([VERSION]) + encode_unsigned(len(body)) + body


def read_header(body: bytes) -> Header:
    """Return what stands behind the magic, the version and the length. Raises RecordError."""
    reader = TaggedReader(body)
    stream = reader.text()
    count = reader.unsigned()
    if count > len(body):
        raise RecordError(0, f"the header is too short for {count:,} keys")
    keys = tuple(reader.text() for _ in range(count))
    reader.end()
    return Header(VERSION, stream, keys)


def make_dialect() -> Dialect:
    """Return the dialect, which remembers what it has written: one for each template."""
    tagged = TaggedWriter()

    def write(event: Event, writer: RecordWriter) -> None:
        body = Pieces()
        _write_body(tagged, body, event)
        writer.put(encode_unsigned(body.end()))
        body.copy_to(writer)

    return Dialect(
        "leb128",
        "LEB128 numbers and tagged values",
        dict.fromkeys(Stream, write),
        has_lazy_attributes=True,
    )


def _write_body(tagged: TaggedWriter, body: Pieces, event: Event) -> None:
    """Write type, time and sequence, then all other fields."""
    body.put(_TYPE_BYTES[type(event)])
    time = time_of(event)
    if time is None:
        body.put(encode_unsigned(0))
    elif time.is_slot:
        body.put_spot(time, ULEB9)
    else:
        body.put(encode_unsigned(int(time.value)))
    body.put_counter(ULEB9)
    tagged.write_fields(body, event, _TIME_FIELDS[type(event)])


def read_record(body: bytes, keys: Sequence[str]) -> Numbered:
    """Return the event that stands behind the length of a record. Raises RecordError."""
    reader = TaggedReader(body, keys)
    kind = reader.take(1)[0]
    if kind not in TYPES:
        raise RecordError(0, f"no record has the type {kind}")
    time, sequence, fields = reader.unsigned(), reader.unsigned(), reader.fields()
    reader.end()
    if time:
        fields[TIME_FIELDS[TYPES[kind]]] = time
    try:
        return Numbered(built(TYPES[kind], SHAPES[TYPES[kind]], fields), sequence)
    except ShapeError as error:
        raise RecordError(0, str(error)) from None
