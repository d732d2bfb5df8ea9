"""Writes one line of line protocol: the tags in order, then the fields."""

import math
from collections.abc import Mapping

from telemetry_sender.events.model import Spot, Value
from telemetry_sender.records.forms import Form
from telemetry_sender.records.influx_forms import COUNT, TIMESTAMP
from telemetry_sender.records.influx_text import escaped, field_value, integer, tag
from telemetry_sender.records.text_forms import HEX16, HEX32, REAL, SIGNED
from telemetry_sender.records.writer import RecordWriter
from telemetry_sender.text.fields import SlotKind

_FORMS: Mapping[SlotKind, tuple[Form, bytes]] = {
    SlotKind.WIDE_ID: (HEX32, b'"'),
    SlotKind.ID: (HEX16, b'"'),
    SlotKind.TIME: (TIMESTAMP, b"i"),
    SlotKind.UNSIGNED: (COUNT, b"i"),
    SlotKind.SIGNED: (SIGNED, b"i"),
    SlotKind.REAL: (REAL, b""),
}
"""How a field is written, and what stands behind its value."""


def head(measurement: bytes, tags: Mapping[str, str]) -> bytes:
    """Return a line up to its fields: tags in the order of their keys, without empty ones."""
    return measurement + b"".join([tag(key, text) for key, text in sorted(tags.items()) if text])


class FieldWriter:
    """Writes the fields of one line and its time."""

    def __init__(self, writer: RecordWriter, before: bytes) -> None:
        """Begin with what `before` the fields stands."""
        self._writer = writer
        self._before = before + b" "
        self.is_empty = True

    def put(self, name: str, value: bytes) -> None:
        """Add a field that stays."""
        self._writer.put(b"%b%b=%b" % (self._before, escaped(name), value))
        self._before, self.is_empty = b",", False

    def put_spot(self, name: str, spot: Spot | None) -> None:
        """Add a value of the event; nothing where it has none, or what is no number."""
        if spot is None or not _has_text(spot):
            return
        form, behind = _FORMS[spot.kind]
        opening = b'"' if behind == b'"' else b""
        self._writer.put(b"%b%b=%b" % (self._before, escaped(name), opening))
        self._writer.put_spot(spot, form)
        self._before, self.is_empty = behind + b",", False

    def put_all(self, fields: Mapping[str, Value]) -> None:
        """Add attributes in the order of their names."""
        for name, value in sorted(fields.items()):
            text = field_value(value)
            if text is not None:
                self.put(name, text)

    def finish(self, time: Spot | None, flags: int) -> None:
        """End the line with its time; flags that are set are a field, and so where it has none."""
        if flags or self.is_empty:
            self.put("flags", integer(flags))
        self._writer.put(self._before[:-1] + b" ")
        if time is None:
            self._writer.put(b"0\n")
        else:
            self._writer.put_spot(time, TIMESTAMP)
            self._writer.put(b"\n")


def _has_text(spot: Spot) -> bool:
    """Tell a value that can be written from a double that is no number, and an id of zeros."""
    if isinstance(spot.value, float):
        return math.isfinite(spot.value)
    return spot.is_slot or not isinstance(spot.value, bytes) or any(spot.value)
