"""Records whose first part has its fields at fixed bits; `docs/binary.md` has the layout.

What is not among these fields follows as tagged values, and so does what does not fit its field.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any

from telemetry_sender.binary.bit_fields import (
    BOOL,
    BYTES,
    CHOICE,
    CRC,
    ENUM,
    LAYOUTS,
    SEQUENCE,
    BitField,
    BitLayout,
)
from telemetry_sender.binary.forms import BIG8, RAW8, RAW16
from telemetry_sender.binary.pieces import Pieces
from telemetry_sender.binary.shapes import METRIC_KINDS
from telemetry_sender.binary.tagged_writing import TaggedWriter
from telemetry_sender.binary.tags import KEYS
from telemetry_sender.events.model import Event, Metric, Point, Spot
from telemetry_sender.records.base import Stream
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.remembered import Remembered
from telemetry_sender.records.writer import RecordWriter

MAGIC = b"\x89STBIT\r\n"
"""What a file begins with: no text does, and a transfer that rewrites line breaks shows."""
VERSION = 1
LENGTH_BYTES = 4
"""Of the lengths in front of the schema and of each record, the highest byte first."""

_OWN = frozenset({SEQUENCE, CRC})
"""Fields of the record and not of the event."""
_FORMS = {(BYTES, 128): RAW16, (BYTES, 64): RAW8}


def header(stream: str, layouts: Mapping[Stream, BitLayout] = LAYOUTS) -> bytes:
    """Return what a file of this stream begins with."""
    text = json.dumps(schema(Stream(stream), layouts), separators=(",", ":")).encode()
    return MAGIC + bytes([VERSION]) + _length(len(text)) + text


def schema(stream: Stream, layouts: Mapping[Stream, BitLayout] = LAYOUTS) -> dict[str, Any]:
    """Return the description of the records of a stream, as it stands in its files."""
    layout = layouts[stream]
    return {
        "stream": stream.value,
        "byte_order": "big",
        "fixed_bits": layout.bits,
        "fields": [_described(field) for field in layout.fields],
        "keys": KEYS,
    }


def _described(field: BitField) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "type": field.type,
        "position": field.position,
        "bits": field.bits,
    }
    if field.present is not None:
        described["present"] = field.present
    if field.values:
        described["values"] = field.values
    return described


def make_dialect(layouts: Mapping[Stream, BitLayout] = LAYOUTS) -> Dialect:
    """Return the dialect, which remembers what it has written: one for each template."""
    tagged, metrics = TaggedWriter(), Remembered(_rest)
    return Dialect(
        "bitpacked",
        "Fields at fixed bits, then tagged values",
        {stream: _Writer(layout, tagged, metrics).write for stream, layout in layouts.items()},
    )


def _rest(metric: Metric) -> Metric:
    """Return what is left of a metric when its fields at fixed bits are taken away."""
    return replace(metric, kind=METRIC_KINDS[0], temporality="", is_monotonic=False)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the events of one stream."""

    layout: BitLayout
    tagged: TaggedWriter
    metrics: Remembered[Metric]

    def write(self, event: Event, writer: RecordWriter) -> None:
        """Write the length, the fixed part, then the fields that are not in it."""
        values = {
            field: attrgetter(field.name)(event)
            for field in self.layout.fields
            if field.name not in _OWN
        }
        found = {field: value for field, value in values.items() if _fits(field, value)}
        body = Pieces()
        body.put(self._packed(found))
        for field in self.layout.aligned:
            _write_aligned(body, field, found.get(field))
        if isinstance(event, Point):
            event = replace(event, metric=self.metrics(event.metric))
        self.tagged.write_fields(body, event, frozenset(field.name for field in found))
        writer.put(_length(body.end()))
        body.copy_to(writer)

    def _packed(self, found: Mapping[BitField, Any]) -> bytes:
        """Return the bits of presence and the fields of a few bits."""
        size = self.layout.packed_bytes
        bits = 0
        for field, value in found.items():
            if field.present is not None:
                bits |= 1 << 8 * size - 1 - field.present
            if field.end <= 8 * size:
                number = field.values.index(value) if field.type == CHOICE else int(value)
                bits |= number << 8 * size - field.end
        return bits.to_bytes(size, "big")


def _fits(field: BitField, value: Any) -> bool:
    """Tell whether a field can hold a value in its bits."""
    if value is None:
        return False
    if field.type in {ENUM, CHOICE, BOOL}:
        return value in (field.values if field.type == CHOICE else range(len(field.values)))
    if isinstance(value, Spot):
        if value.is_slot:
            return True
        value = value.value
    return 8 * len(value) == field.bits if field.type == BYTES else 0 <= value < 1 << field.bits


def _write_aligned(body: Pieces, field: BitField, value: Any) -> None:
    if field.name == SEQUENCE:
        body.put_counter(BIG8)
    elif isinstance(value, Spot) and value.is_slot:
        body.put_spot(value, _FORMS.get((field.type, field.bits), BIG8))
    else:
        plain: Any = value.value if isinstance(value, Spot) else value or 0
        body.put(plain if isinstance(plain, bytes) else plain.to_bytes(field.bits // 8, "big"))


def _length(size: int) -> bytes:
    return size.to_bytes(LENGTH_BYTES, "big")
