"""Writes one line of line protocol: the tags in order, then the fields."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from telemetry_sender.events.model import Spot, Value
from telemetry_sender.records.forms import Form
from telemetry_sender.records.influx.forms import COUNT, TIMESTAMP
from telemetry_sender.records.influx.text import escaped, field_value, integer, tag
from telemetry_sender.records.short_forms import SHORT_UNSIGNED, unsigned_form
from telemetry_sender.records.text_forms import HEX16, HEX32, REAL, SIGNED
from telemetry_sender.records.writer import RecordWriter
from telemetry_sender.text.fields import SlotKind


class _Notation(NamedTuple):
    """How the value of a field is written: its form, and what stands around it."""

    form: Form
    before: bytes
    behind: bytes


_NOTATIONS: Mapping[SlotKind, _Notation] = {
    SlotKind.WIDE_ID: _Notation(HEX32, b'"', b'"'),
    SlotKind.ID: _Notation(HEX16, b'"', b'"'),
    SlotKind.TIME: _Notation(TIMESTAMP, b"", b"i"),
    SlotKind.SIGNED: _Notation(SIGNED, b"", b"i"),
    SlotKind.REAL: _Notation(REAL, b"", b""),
}

_COUNTS = {form: _Notation(form, b"", b"i") for form in (SHORT_UNSIGNED, COUNT)}


def head(measurement: bytes, tags: Mapping[str, str]) -> bytes:
    """Return a line up to its fields: tags in the order of their keys, without empty ones."""
    return measurement + b"".join([tag(key, text) for key, text in sorted(tags.items()) if text])


class FieldWriter:
    """Writes the fields of one line and its time."""

    def __init__(self, writer: RecordWriter, head: bytes) -> None:
        """Begin the line with its `head`."""
        self._writer = writer
        self._unwritten = head
        self._separator = b" "

    def put(self, name: str, value: bytes) -> None:
        """Add a field that stays."""
        self._open(name)
        self._unwritten += value

    def put_spot(self, name: str, spot: Spot | None) -> None:
        """Add a value of the event; nothing where it has none, or what is no number."""
        if spot is not None and _has_text(spot):
            self._open(name)
            self._write(spot, *_notation(spot))

    def put_all(self, fields: Mapping[str, Value]) -> None:
        """Add attributes in the order of their names."""
        for name, value in sorted(fields.items()):
            text = field_value(value)
            if text is not None:
                self.put(name, text)

    def finish(self, time: Spot | None, flags: int) -> None:
        """End the line with its time; flags are a field where they are set, or the only one."""
        if flags or self._separator == b" ":
            self.put("flags", integer(flags))
        self._unwritten += b" "
        if time is None:
            self._unwritten += b"0"
        else:
            self._write(time, TIMESTAMP)
        self._writer.put(self._unwritten + b"\n")

    def _open(self, name: str) -> None:
        self._unwritten += b"%b%b=" % (self._separator, escaped(name))
        self._separator = b","

    def _write(self, spot: Spot, form: Form, before: bytes = b"", behind: bytes = b"") -> None:
        """Write all up to a value that may change, and that."""
        self._writer.put(self._unwritten + before)
        self._writer.put_spot(spot, form)
        self._unwritten = behind


def _notation(spot: Spot) -> _Notation:
    if spot.kind is SlotKind.UNSIGNED:
        return _COUNTS[unsigned_form(int(spot.value), COUNT)]
    return _NOTATIONS[spot.kind]


def _has_text(spot: Spot) -> bool:
    """Tell a value that can be written from a double that is no number, and an id of zeros."""
    if isinstance(spot.value, float):
        return math.isfinite(spot.value)
    return spot.is_slot or not isinstance(spot.value, bytes) or any(spot.value)
