"""Cells of CSV files: what they are made of, and how they are quoted.

The rules are those of RFC 4180: a cell is quoted where it holds a comma, a quote or a line break,
and quotes in it are doubled.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeGuard, cast

from telemetry_sender.events.model import Spot, Value
from telemetry_sender.records.forms import PAD, Form
from telemetry_sender.records.json_text import json_text
from telemetry_sender.records.short_forms import unsigned_form
from telemetry_sender.records.text_forms import HEX16, HEX32, REAL, SIGNED
from telemetry_sender.text.digits import reals
from telemetry_sender.text.fields import SlotKind

Piece = bytes | tuple[Spot, Form]
"""Final text, or a value that may change."""

Cell = Sequence[Piece]
"""The pieces of one cell; none where there is nothing to say."""

Text = Callable[[str], str]
"""Returns a text as it stands in a cell, not yet quoted."""

ANY_REAL = Form(
    "ANY_REAL",
    REAL.width,
    lambda words: reals(words.view("f8"), PAD, {}),
    is_padded=True,
    text=lambda value: repr(value).encode(),
)
"""A double in the fewest digits that yield it again, or `nan`, `inf` and `-inf`."""

_NEEDS_QUOTES = re.compile(rb'[,"\r\n]')
# Bytes of 0 are what fields are padded with.
_KEPT = str.maketrans({"\0": "\ufffd"})
_ESCAPED = str.maketrans({"\0": "\ufffd", "\n": "\\n", "\r": "\\r"})


def kept(text: str) -> str:
    """Return a text with its line breaks, as RFC 4180 has it."""
    return text.translate(_KEPT)


def escaped(text: str) -> str:
    """Return a text on one line: a line break becomes a backslash and a letter."""
    return text.translate(_ESCAPED)


def quoted(text: bytes) -> bytes:
    """Return the text of a cell, in quotes where it needs them."""
    return b'"%b"' % text.replace(b'"', b'""') if _NEEDS_QUOTES.search(text) else text


def text_cell(text: str) -> Cell:
    """Return a cell of text that is ready to be quoted."""
    return (quoted(text.encode()),)


def integer_cell(number: int) -> Cell:
    """Return a cell that holds a number that is the same in every pass."""
    return (b"%d" % number,)


def json_cell(value: Value) -> Cell:
    """Return a cell of JSON; empty where a list or a mapping is."""
    return text_cell(json_text(value)) if value else ()


def object_cell(text: str) -> Cell:
    """Return a cell of a JSON object; empty where that is."""
    return text_cell(text) if text != "{}" else ()


def time_cell(time: Spot | None, form: Form) -> Cell:
    """Return a cell of a time; empty where it is not known."""
    return () if time is None else ((time, form),)


def id_cell(identifier: Spot | None) -> Cell:
    """Return a cell of hexadecimal digits; empty where there is no id, or only zeros."""
    return ((identifier, id_form(identifier)),) if is_id(identifier) else ()


def is_id(identifier: Spot | None) -> TypeGuard[Spot]:
    """Tell an id from one that is missing: of zeros, which OTLP calls invalid."""
    return identifier is not None and (identifier.is_slot or any(cast("bytes", identifier.value)))


def id_form(identifier: Spot) -> Form:
    """Return the form of a trace's or a span's id."""
    return HEX32 if identifier.kind is SlotKind.WIDE_ID else HEX16


def number_cell(number: Spot | None, missing: bytes = b"") -> Cell:
    """Return a cell of a measured value or a count; `missing` is what stands for none."""
    return (missing,) if number is None else ((number, _number_form(number)),)


def _number_form(number: Spot) -> Form:
    if number.kind is SlotKind.UNSIGNED:
        return unsigned_form(int(number.value))
    return ANY_REAL if number.kind is SlotKind.REAL else SIGNED


def nested_cell(pieces: Iterable[Piece]) -> Cell:
    """Return a cell of JSON that has values in it which may change."""
    doubled = [
        piece.replace(b'"', b'""') if isinstance(piece, bytes) else piece for piece in pieces
    ]
    return [b'"', *doubled, b'"'] if doubled else ()
