"""Which fields of an event stand at fixed bits of a bit-packed record, and what they may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from telemetry_sender.binary.shapes import METRIC_KINDS, TEMPORALITIES
from telemetry_sender.events.model import Log, Point, Span
from telemetry_sender.events.names import KINDS, LEVELS, STATUSES
from telemetry_sender.records.base import Stream

ENUM, CHOICE, BOOL, UINT, BYTES, CRC = "enum", "choice", "bool", "uint", "bytes", "crc32c"
"""Types of fields: a number that has a name, one of several texts, a truth value, an unsigned
integer, bytes as they are, and the CRC-32C of all bytes of the record's fixed part before it."""


@dataclass(frozen=True, slots=True, eq=False)
class BitField:
    """A field of a fixed number of bits, the highest first; told by its identity."""

    name: str
    """Of the event's field; that of a part of it stands behind a dot."""
    type: str
    position: int
    """Its first bit, counted from 0 behind the length of the record."""
    bits: int
    present: int | None = None
    """The bit that says whether the field holds the value; None when it always does."""
    values: Sequence[str] = ()
    """What the numbers mean, from 0."""

    @property
    def end(self) -> int:
        """The first bit behind it."""
        return self.position + self.bits


@dataclass(frozen=True, slots=True)
class BitLayout:
    """The fixed part of the records of a stream."""

    event: type
    packed: Sequence[BitField]
    """Those of a few bits, next to one another."""
    aligned: Sequence[BitField]
    """Those of whole bytes, behind the packed ones: they may be stamped."""

    @property
    def packed_bytes(self) -> int:
        """Bytes in front of the aligned fields: bits of presence, packed fields, padding."""
        return self.aligned[0].position // 8

    @property
    def bits(self) -> int:
        """Bits of the fixed part."""
        return self.aligned[-1].end

    @property
    def fields(self) -> Sequence[BitField]:
        """All of them, in order."""
        return (*self.packed, *self.aligned)


SEQUENCE = "sequence"
"""The number of the event in the whole run, from 1; no field of an event itself."""

_SEVERITIES = (
    "unspecified",
    *(level.lower() + number for level in LEVELS for number in ("", "2", "3", "4")),
)


def _layout(
    event: type,
    packed: Mapping[str, tuple[str, Sequence[str]]],
    aligned: Mapping[str, tuple[str, int]],
) -> BitLayout:
    """Place the bits of presence, then the packed fields, then at whole bytes the aligned ones."""
    names = [name for name in (*packed, *aligned) if name != SEQUENCE]
    present = {name: bit for bit, name in enumerate(names)}
    place = len(names)
    small, large = [], []
    for name, (kind, values) in packed.items():
        # ceil(log2 n) bits tell n values apart.
        bits = (len(values) - 1).bit_length()
        small.append(BitField(name, kind, place, bits, present[name], values))
        place += bits
    place += -place % 8
    for name, (kind, bits) in aligned.items():
        large.append(BitField(name, kind, place, bits, present.get(name)))
        place += bits
    return BitLayout(event, small, large)


_TIME = (UINT, 64)
_NUMBER = (UINT, 64)
_FLAGS = (UINT, 32)

_LOGS = _layout(
    Log,
    {"severity_number": (ENUM, _SEVERITIES)},
    {
        "flags": _FLAGS,
        SEQUENCE: _NUMBER,
        "time": _TIME,
        "observed_time": _TIME,
        "trace_id": (BYTES, 128),
        "span_id": (BYTES, 64),
    },
)

LAYOUTS: Mapping[Stream, BitLayout] = {
    Stream.TRACES: _layout(
        Span,
        {"kind": (ENUM, KINDS), "status_code": (ENUM, STATUSES)},
        {
            "flags": _FLAGS,
            SEQUENCE: _NUMBER,
            "start": _TIME,
            "end": _TIME,
            "trace_id": (BYTES, 128),
            "span_id": (BYTES, 64),
            "parent_span_id": (BYTES, 64),
        },
    ),
    Stream.METRICS: _layout(
        Point,
        {
            "metric.kind": (CHOICE, METRIC_KINDS),
            "metric.temporality": (CHOICE, TEMPORALITIES),
            "metric.is_monotonic": (BOOL, ("false", "true")),
        },
        {"flags": _FLAGS, SEQUENCE: _NUMBER, "time": _TIME, "start": _TIME},
    ),
    Stream.LOGS: _LOGS,
    Stream.EVENTS: _LOGS,
}


def with_checksum(layout: BitLayout) -> BitLayout:
    """Return the layout with a checksum of its fixed part at its end."""
    checksum = BitField(CRC, CRC, layout.bits, 32)
    return replace(layout, aligned=(*layout.aligned, checksum))


CHECKSUMMED = {stream: with_checksum(layout) for stream, layout in LAYOUTS.items()}
