"""Reads bit-packed records by the schema that stands in front of them in their file."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from telemetry_sender.binary.bit_fields import BOOL, BYTES, CHOICE, LAYOUTS, SEQUENCE
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
    type: Literal["enum", "choice", "bool", "uint", "bytes"]
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


def read_record(body: bytes, schema: Schema) -> Numbered:
    """Return the event that stands behind the length of a record. Raises RecordError."""
    reader = TaggedReader(body, schema.keys)
    fixed = int.from_bytes(reader.take(schema.fixed_bits // 8), "big")
    fields = reader.fields()
    reader.end()
    sequence = 0
    for field in schema.fields:
        if field.present is None or _bits(fixed, schema, field.present, 1):
            value = _read(field, _bits(fixed, schema, field.position, field.bits))
            if field.name == SEQUENCE:
                sequence = value
            else:
                _put(fields, field.name, value)
    kind = LAYOUTS[schema.stream].event
    try:
        return Numbered(built(kind, SHAPES[kind], fields), sequence)
    except ShapeError as error:
        raise RecordError(0, str(error)) from None


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
