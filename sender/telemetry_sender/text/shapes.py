"""How to read and write each message: its schema made ready for rendering.

A field is written in one of three ways. Most are static: their text follows from their bytes, and
is remembered by them, whole attributes and resources at once. Values that a plan may stamp are
looked at one by one, and messages that hold such values are walked where they stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from telemetry_common.planning.wire import LENGTH
from telemetry_sender.text.attributes import plain_attribute
from telemetry_sender.text.fields import SlotKind
from telemetry_sender.text.memo import Memo
from telemetry_sender.text.message_reader import MessageReader
from telemetry_sender.text.rows import Row
from telemetry_sender.text.scalars import SCALARS, split_packed
from telemetry_sender.text.schema import MESSAGES, Field, MessageFields


class Way(Enum):
    """How a field is written."""

    STATIC = auto()
    VALUE = auto()
    """It may hold slots."""
    MESSAGE = auto()
    """Messages that may hold slots."""


@dataclass(frozen=True, slots=True)
class ShapedField:
    """A field with the memos that its values take their text from."""

    way: Way
    name: bytes
    """Its name in JSON, quoted, with a comma before and a colon behind it."""
    message: str
    """The name of its message; empty for scalars."""
    repeated: bool
    wire: int
    slot: SlotKind
    """What a slot in it holds; means nothing elsewhere. An id may be wide."""
    values: Memo
    packed: Memo
    """Texts of packed values, joined by commas, by the bytes of them all."""

    def text(self, data: bytes, rows: Sequence[Row]) -> bytes:
        """Return the field without slots that these rows of a message hold together."""
        if self.repeated:
            return b"%b[%b]" % (self.name, b",".join(self._elements(data, rows)))
        start, end, _ = rows[-1]
        value = data[start:end]
        if self.message and len(rows) > 1:
            # A parser merges the parts of a message, which is what reading them as one does.
            value = b"".join([data[start:end] for start, end, _ in rows])
        return self.name + self.values[value]

    def _elements(self, data: bytes, rows: Sequence[Row]) -> list[bytes]:
        values, own = self.values, self.wire
        if own == LENGTH:
            return [values[data[start:end]] for start, end, _ in rows]
        texts = [
            values[data[start:end]] if wire == own else self.packed[data[start:end]]
            for start, end, wire in rows
        ]
        return list(filter(None, texts))


@dataclass(frozen=True, slots=True)
class Shape:
    """A message type."""

    fields: Mapping[int, ShapedField]
    reader: MessageReader


class Shapes:
    """All message types, and the memos that they share."""

    def __init__(self) -> None:
        self._memos = {form: _memo_of(form) for form in SCALARS}
        self._memos |= {name: Memo(partial(self._static_text, name)) for name in MESSAGES}
        self._memos["KeyValue"] = Memo(self._attribute_text)
        self._packed = {form: Memo(partial(self._packed_text, form)) for form in SCALARS}
        self._shapes = {name: self._shape(name, fields) for name, fields in MESSAGES.items()}

    def __getitem__(self, message: str) -> Shape:
        return self._shapes[message]

    def _shape(self, message: str, fields: MessageFields) -> Shape:
        shaped = {number: self._field(field) for number, field in fields.items()}
        return Shape(shaped, MessageReader.of(message))

    def _field(self, field: Field) -> ShapedField:
        scalar = SCALARS.get(field.form)
        return ShapedField(
            way=_way(field),
            name=b',"%b":' % field.name.encode(),
            message="" if scalar else field.form,
            repeated=field.repeated,
            wire=scalar.wire if scalar else LENGTH,
            slot=_SLOTS.get(field.form, SlotKind.ID),
            values=self._memos[field.form],
            packed=self._packed.get(field.form, self._memos[field.form]),
        )

    def _static_text(self, message: str, data: bytes) -> bytes:
        shape = self._shapes[message]
        found = shape.reader.read(data, [(0, len(data), LENGTH)])
        fields = [shape.fields[number].text(data, rows) for number, rows in found.items()]
        return b"{%b}" % b"".join(fields)[1:]

    def _attribute_text(self, data: bytes) -> bytes:
        return plain_attribute(data, self._memos["string"]) or self._static_text("KeyValue", data)

    def _packed_text(self, form: str, packed: bytes) -> bytes:
        values = self._memos[form]
        return b",".join([values[each] for each in split_packed(packed, SCALARS[form].wire)])


def _memo_of(form: str) -> Memo:
    if form in _SLOTS:
        return Memo(SCALARS[form].text, most_bytes=0)
    return Memo(SCALARS[form].text)


_SLOTS: Mapping[str, SlotKind] = {
    "id": SlotKind.ID,
    "time": SlotKind.TIME,
    "fixed64": SlotKind.UNSIGNED,
    "sfixed64": SlotKind.SIGNED,
    "double": SlotKind.REAL,
}
_REPEATED_SLOTS = {"time", "fixed64"}


def _way(field: Field) -> Way:
    if field.form in MESSAGES:
        return Way.MESSAGE if _holds_slots(field.form) else Way.STATIC
    return (
        Way.VALUE if field.form in (_REPEATED_SLOTS if field.repeated else _SLOTS) else Way.STATIC
    )


def _holds_slots(message: str) -> bool:
    """Tell whether messages may hold slots: those do that have an id or a time, or such a part.

    Attributes hold themselves, so these are not asked.
    """
    forms = {field.form for field in MESSAGES[message].values()}
    if message in _ATTRIBUTES:
        return False
    return not forms.isdisjoint({"id", "time"}) or any(
        _holds_slots(form) for form in forms if form in MESSAGES
    )


_ATTRIBUTES = {"KeyValue", "AnyValue", "ArrayValue", "KeyValueList"}
