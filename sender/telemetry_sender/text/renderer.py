"""Renders blocks of wire format as OTLP/JSON, with room for the values that change per send.

No protobuf class is used: bytes become text, and repeated parts come from memos. The fields of a
message come in the order of their numbers, whatever their order on the wire; and what a parser
would merge, override or drop is merged, overridden and dropped here.
"""

from collections.abc import Container
from dataclasses import dataclass

from telemetry_common.planning.wire import LENGTH, WireError
from telemetry_common.signals import Signal
from telemetry_sender.text.fields import SlotKind
from telemetry_sender.text.rendered import Pieces, Rendered
from telemetry_sender.text.rows import RawRow
from telemetry_sender.text.schema import ROOTS
from telemetry_sender.text.shapes import Shape, ShapedField, Shapes, Way

_WIDE_ID_BYTES = 16


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
            rendering.write(self._shapes[self._root], [(0, 0, len(data), LENGTH)])
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

    def write(self, shape: Shape, parts: list[RawRow]) -> None:
        """Write a message, which is in one part if nobody has put several of them together."""
        data, texts = self.data, self.pieces.texts
        rows = [row for _, start, end, _ in parts for row in shape.rows(data, start, end)]
        separator = b"{"
        for field, own in shape.groups(rows):
            if field.way is Way.STATIC:
                texts.append(separator + field.text(data, own))
            else:
                texts.append(separator + field.name)
                self._write_field(field, own)
            separator = b","
        texts.append(b"}" if rows else b"{}")

    def _write_field(self, field: ShapedField, rows: list[RawRow]) -> None:
        if field.way is Way.VALUE:
            if field.repeated:
                self._write_list(field, rows)
            else:
                self._write_value(field, rows[-1][1], rows[-1][2])
        elif field.repeated:
            self._write_messages(self.shapes[field.message], rows)
        else:
            self.write(self.shapes[field.message], rows)

    def _write_messages(self, shape: Shape, rows: list[RawRow]) -> None:
        texts, separator = self.pieces.texts, b"["
        for row in rows:
            texts.append(separator)
            self.write(shape, [row])
            separator = b","
        texts.append(b"]")

    def _write_list(self, field: ShapedField, rows: list[RawRow]) -> None:
        """Write fixed64 values, packed or not."""
        texts, separator = self.pieces.texts, b"["
        for _, start, end, _ in rows:
            for at in range(start, end, 8):
                texts.append(separator)
                self._write_value(field, at, at + 8)
                separator = b","
        texts.append(b"]" if separator == b"," else b"[]")

    def _write_value(self, field: ShapedField, start: int, end: int) -> None:
        if start not in self.slots:
            self.pieces.texts.append(field.values[self.data[start:end]])
        elif end - start == _WIDE_ID_BYTES:
            self.pieces.add_field(SlotKind.WIDE_ID, start)
        else:
            self.pieces.add_field(field.slot, start)
