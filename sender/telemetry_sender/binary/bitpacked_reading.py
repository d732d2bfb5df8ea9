"""Reads bit-packed records by the schema that stands in front of them in their file."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from telemetry_sender.binary.bit_fields import BOOL, BYTES, CHOICE, CRC, LAYOUTS, SEQUENCE
from telemetry_sender.binary.crc32c import crc32c
from telemetry_sender.binary.numbered import Numbered
from telemetry_sender.binary.shapes import SHAPES, ShapeError, built
from telemetry_sender.binary.tagged_reading import RecordError, TaggedReader
from telemetry_sender.records.base import Stream

_MOST_BITS = 1 << 16

_Bit = Annotated[int, Field(ge=0, lt=_MOST_BITS)]


class SchemaField(BaseModel):
    """A field at fixed bits, as the file describes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    type: Literal["enum", "choice", "bool", "uint", "bytes", "crc32c"]
    position: _Bit
    bits: Annotated[int, Field(gt=0, le=_MOST_BITS)]
    present: _Bit | None = None
    values: tuple[str, ...] = ()

    def taken(self) -> Iterator[tuple[int, int]]:
        """Yield the first bits of what it takes, and those behind the last."""
        yield self.position, self.position + self.bits
        if self.present is not None:
            yield self.present, self.present + 1


class Schema(BaseModel):
    """The description of the records of a file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stream: Stream
    byte_order: Literal["big"]
    fixed_bits: Annotated[int, Field(gt=0, le=_MOST_BITS, multiple_of=8)]
    fields: tuple[SchemaField, ...]
    keys: tuple[str, ...]


def read_schema(text: bytes) -> Schema:
    """Return what the header of a file describes.

    Raises RecordError for what is no schema, and for fields that overlap or go beyond the record.
    """
    try:
        schema = Schema.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "schema"
        raise RecordError(0, f"{place}: {first['msg'].lower()}") from None
    _check(schema)
    return schema


def _check(schema: Schema) -> None:
    taken = sorted(span for field in schema.fields for span in field.taken())
    for (_, end), (start, _) in pairwise(taken):
        if start < end:
            raise RecordError(0, f"fields overlap at bit {start} of the record")
    if taken and taken[-1][1] > schema.fixed_bits:
        raise RecordError(0, f"a field goes beyond bit {schema.fixed_bits} of the record")
    for field in schema.fields:
        if field.type == BYTES and field.bits % 8:
            raise RecordError(0, f"{field.name}: {field.bits} bits are no whole bytes")
        if field.type == CRC and (field.position % 8 or field.bits != 32):
            raise RecordError(0, f"{field.name}: a CRC-32C has 32 bits, and follows whole bytes")


def read_record(body: bytes, schema: Schema) -> Numbered:
    """Return the event that stands behind the length of a record. Raises RecordError."""
    reader = TaggedReader(body, schema.keys)
    values = _fixed(reader.take(schema.fixed_bits // 8), schema)
    sequence = values.pop(SEQUENCE, 0)
    fields = reader.fields()
    reader.end()
    for name, value in values.items():
        _put(fields, name, value)
    kind = LAYOUTS[schema.stream].event
    try:
        return Numbered(built(kind, SHAPES[kind], fields), sequence)
    except ShapeError as error:
        raise RecordError(0, str(error)) from None


def _fixed(data: bytes, schema: Schema) -> dict[str, Any]:
    """Return the fields of the fixed part that are present."""
    bits = int.from_bytes(data, "big")
    values = {}
    for field in schema.fields:
        if field.present is None or _bits(bits, schema, field.present, 1):
            number = _bits(bits, schema, field.position, field.bits)
            if field.type == CRC:
                _compare(number, data[: field.position // 8])
            else:
                values[field.name] = _read(field, number)
    return values


def _compare(checksum: int, data: bytes) -> None:
    if checksum != (found := crc32c(data)):
        raise RecordError(0, f"the record says CRC-32C {checksum:08x}, and has {found:08x}")


def _bits(fixed: int, schema: Schema, position: int, count: int) -> int:
    return fixed >> schema.fixed_bits - position - count & (1 << count) - 1


def _read(field: SchemaField, number: int) -> Any:
    if field.type == BYTES:
        return number.to_bytes(field.bits // 8, "big")
    if field.type == BOOL:
        return bool(number)
    if field.type == CHOICE:
        if number >= len(field.values):
            raise RecordError(0, f"{field.name} has no value with the number {number}")
        return field.values[number]
    return number


def _put(fields: dict[str, Any], name: str, value: Any) -> None:
    """Put a value in its place, which may be in a part of the event."""
    owner, _, own = name.rpartition(".")
    part = fields.setdefault(owner, {}) if owner else fields
    if not isinstance(part, dict):
        raise RecordError(0, f"{owner} is not made of fields")
    part[own] = value
