"""Writes values behind their tags, and events as fields, so that a record needs no schema."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from telemetry_sender.binary.forms import RAW8, RAW16, SLEB10, ULEB9, ULEB10
from telemetry_sender.binary.leb128 import encode_signed, encode_unsigned
from telemetry_sender.binary.pieces import Pieces
from telemetry_sender.binary.shapes import SHAPES
from telemetry_sender.binary.tags import KEYS, WRITTEN_OUT, Tag
from telemetry_sender.events.attribute_list import AttributeList
from telemetry_sender.events.attributes import checked_pair
from telemetry_sender.events.memo import Memo
from telemetry_sender.events.model import Metric, Resource, Scope, Spot
from telemetry_sender.records.forms import Form
from telemetry_sender.records.remembered import Remembered
from telemetry_sender.text.fields import SlotKind

# A plain bytes object each: an enum would be asked for its value every time.
_TAGS = {tag: bytes([tag]) for tag in Tag}
_BOOL, _REAL, _TEXT, _BYTES = (_TAGS[tag] for tag in (Tag.BOOL, Tag.REAL, Tag.TEXT, Tag.BYTES))
_NUMBERED = {key: encode_unsigned(number) for number, key in enumerate(KEYS, 1)}
_BEHIND_SIGNED = 1 << 63

_SLOTS: Mapping[SlotKind, tuple[bytes, Form]] = {
    SlotKind.WIDE_ID: (_BYTES + encode_unsigned(16), RAW16),
    SlotKind.ID: (_BYTES + encode_unsigned(8), RAW8),
    SlotKind.TIME: (_TAGS[Tag.UNSIGNED], ULEB9),
    SlotKind.UNSIGNED: (_TAGS[Tag.UNSIGNED], ULEB10),
    SlotKind.SIGNED: (_TAGS[Tag.SIGNED], SLEB10),
    SlotKind.REAL: (_REAL, RAW8),
}
_NATURAL = frozenset({SlotKind.TIME, SlotKind.UNSIGNED})

# Those that come again; a few megabytes at most, unless they are long.
_MOST_TEXTS = 1 << 14


class TaggedWriter:
    """Writes the events of one template; remembers what they have in common."""

    def __init__(self) -> None:
        self._shared = Remembered(self._static_part)
        self._entries = Memo(self._entry, len)
        self._written_out = lru_cache(_MOST_TEXTS)(_written_out)
        self._tagged_text = lru_cache(_MOST_TEXTS)(_tagged_text)
        self._writers: dict[type, Callable[[Pieces, Any], None]] = {
            Spot: _write_spot,
            bool: _write_bool,
            int: _write_integer,
            float: _write_real,
            bytes: _write_bytes,
            type(None): _write_null,
            **dict.fromkeys(SHAPES, self._write_part),
            # The same attributes are one object, too.
            **dict.fromkeys((Resource, Scope, Metric, dict), self._write_shared),
            AttributeList: self._write_attributes,
        }

    def write_fields(
        self, pieces: Pieces, owner: Any, without: frozenset[str] = frozenset()
    ) -> None:
        """Write how many fields an event, or a part of one, has; then each: key, tag, value."""
        fields = [
            (name, value)
            for name, field in SHAPES[type(owner)].items()
            if name not in without and not field.is_left_out(value := getattr(owner, name))
        ]
        self._write_entries(pieces, fields)

    def _write_entries(self, pieces: Pieces, entries: Sequence[tuple[str, Any]]) -> None:
        pieces.put(encode_unsigned(len(entries)))
        for key, value in entries:
            self._write_entry(pieces, key, value)

    def _write_entry(self, pieces: Pieces, key: str, value: Any) -> None:
        pieces.put(_NUMBERED.get(key) or self._written_out(key))
        self._write_value(pieces, value)

    def _write_value(self, pieces: Pieces, value: Any) -> None:
        kind = type(value)
        if kind is str:
            # Most of them, so they are spared the rest.
            pieces.put(self._tagged_text(value))
        else:
            write = self._writers.get(kind) or self._write_list
            write(pieces, value)

    def _write_list(self, pieces: Pieces, values: Iterable[Any]) -> None:
        elements = list(values)
        pieces.put(_TAGS[Tag.LIST] + encode_unsigned(len(elements)))
        for each in elements:
            self._write_value(pieces, each)

    def _write_part(self, pieces: Pieces, part: Any) -> None:
        pieces.put(_TAGS[Tag.MAP])
        if isinstance(part, Mapping):
            self._write_entries(pieces, list(part.items()))
        else:
            self.write_fields(pieces, part)

    def _write_shared(self, pieces: Pieces, part: Any) -> None:
        pieces.put(self._shared(part))

    def _write_attributes(self, pieces: Pieces, attributes: AttributeList) -> None:
        """Write attributes, of which most come again one by one, by their bytes in OTLP."""
        known = self._entries
        # Of a key that comes twice the last value counts, at the place of the first.
        entries = dict([known[each] for each in attributes.encoded])
        pieces.put(_TAGS[Tag.MAP] + encode_unsigned(len(entries)) + b"".join(entries.values()))

    def _entry(self, encoded: bytes) -> tuple[str, bytes]:
        """Return the key of an attribute, and the entry."""
        key, value = checked_pair(encoded)
        entry = Pieces()
        self._write_entry(entry, key, value)
        return key, entry.static()

    def _static_part(self, part: Any) -> bytes:
        """Return what many events refer to, and which holds nothing that changes."""
        pieces = Pieces()
        self._write_part(pieces, part)
        return pieces.static()


def _write_spot(pieces: Pieces, spot: Spot) -> None:
    if spot.is_slot:
        tag, form = _SLOTS[spot.kind]
        pieces.put(tag)
        pieces.put_spot(spot, form)
    elif isinstance(spot.value, bytes):
        _write_bytes(pieces, spot.value)
    elif isinstance(spot.value, float):
        _write_real(pieces, spot.value)
    elif spot.kind in _NATURAL:
        _write_unsigned(pieces, spot.value)
    else:
        _write_integer(pieces, spot.value)


def _write_bool(pieces: Pieces, value: bool) -> None:
    pieces.put(_BOOL + bytes([value]))


def _write_integer(pieces: Pieces, value: int) -> None:
    if value < _BEHIND_SIGNED:
        pieces.put(_TAGS[Tag.SIGNED] + encode_signed(value))
    else:
        _write_unsigned(pieces, value)


def _write_unsigned(pieces: Pieces, value: int) -> None:
    pieces.put(_TAGS[Tag.UNSIGNED] + encode_unsigned(value))


def _write_real(pieces: Pieces, value: float) -> None:
    pieces.put(_REAL + RAW8.static(value))


def _write_bytes(pieces: Pieces, value: bytes) -> None:
    pieces.put(_BYTES + _sized(value))


def _write_null(pieces: Pieces, _value: None) -> None:
    pieces.put(_TAGS[Tag.NULL])


def sized_text(text: str) -> bytes:
    """Return a string behind its length in bytes."""
    return _sized(text.encode())


def _sized(data: bytes) -> bytes:
    return encode_unsigned(len(data)) + data


def _tagged_text(text: str) -> bytes:
    return _TEXT + sized_text(text)


def _written_out(key: str) -> bytes:
    return bytes([WRITTEN_OUT]) + sized_text(key)
