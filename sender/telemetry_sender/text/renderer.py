"""Renders blocks of wire format as OTLP/JSON, with room for the values that change per send.

No protobuf class is used: bytes become text, and repeated parts come from memos. The fields of a
message come in the order in which they first appear; and what a parser would merge, override or
drop is merged, overridden and dropped here.
"""

from collections.abc import Container
from dataclasses import dataclass

from telemetry_common.planning.wire import LENGTH, WireError
from telemetry_common.signals import Signal
from telemetry_sender.text.fields import SlotKind
from telemetry_sender.text.rendered import Pieces, Rendered
from telemetry_sender.text.rows import Row
from telemetry_sender.text.schema import ROOTS
from telemetry_sender.text.shapes import Shape, ShapedField, Shapes, Way

_WIDE_ID_BYTES = 16
# Looking up a member of an enum costs as much as the rest of the question.
_STATIC, _VALUE = Way.STATIC, Way.VALUE


class Renderer:
    """Renders blocks of one signal; remembers the texts of what they have in common."""

    def __init__(self, signal: Signal) -> None:
        self._root = ROOTS[signal]
        self._shapes = Shapes()

    def render(self, data: bytes, slots: Container[int] = ()) -> Rendered:
        """Return the message `data` as text, with fields for the values at the offsets `slots`.

        Raises WireError where the bytes are not protobuf, or nested beyond what Python can follow.
        """
        rendering = _Rendering(self._shapes, data, slots, Pieces())
        try:
            rendering.write(self._shapes[self._root], [(0, len(data), LENGTH)])
        except IndexError:
            raise WireError(len(data), "message ends within a field") from None
        except RecursionError:
            raise WireError(0, "messages nested too deeply") from None
        return rendering.pieces.joined()


@dataclass(frozen=True, slots=True)
class _Rendering:
    shapes: Shapes
    data: bytes
    slots: Container[int]
    pieces: Pieces

    def write(self, shape: Shape, parts: list[Row]) -> None:
        """Write a message, which is in one part if nobody has put several of them together."""
        data, texts, fields = self.data, self.pieces.texts, shape.fields
        found = shape.reader.read(data, parts)
        first = len(texts)
        for number, rows in found.items():
            field = fields[number]
            if field.way is _STATIC:
                texts.append(field.text(data, rows))
            elif field.way is _VALUE and not field.repeated:
                self._write_value(field, rows[-1][0], rows[-1][1], field.name)
            else:
                texts.append(field.name)
                self._write_long(field, rows)
        texts.append(b"}")
        # Every field begins with a comma, also the first.
        texts[first] = b"{" + texts[first][1:] if found else b"{}"

    def _write_long(self, field: ShapedField, rows: list[Row]) -> None:
        if field.way is _VALUE:
            self._write_list(field, rows)
        elif field.repeated:
            self._write_messages(self.shapes[field.message], rows)
        else:
            self.write(self.shapes[field.message], rows)

    def _write_messages(self, shape: Shape, rows: list[Row]) -> None:
        texts, separator = self.pieces.texts, b"["
        for row in rows:
            texts.append(separator)
            self.write(shape, [row])
            separator = b","
        texts.append(b"]")

    def _write_list(self, field: ShapedField, rows: list[Row]) -> None:
        """Write fixed64 values, packed or not."""
        separator = b"["
        for start, end, _ in rows:
            for at in range(start, end, 8):
                self._write_value(field, at, at + 8, separator)
                separator = b","
        self.pieces.texts.append(b"]" if separator == b"," else b"[]")

    def _write_value(self, field: ShapedField, start: int, end: int, name: bytes) -> None:
        if start not in self.slots:
            self.pieces.texts.append(name + field.values[self.data[start:end]])
        elif end - start == _WIDE_ID_BYTES:
            self.pieces.add_field(SlotKind.WIDE_ID, start, name)
        else:
            self.pieces.add_field(field.slot, start, name)
