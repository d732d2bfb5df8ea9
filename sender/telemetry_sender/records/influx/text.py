"""Names, tags and field values of InfluxDB line protocol as text, so that every parser reads them.

The rules are those of https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/. What
the format has no place for becomes something near: a control character (a line break, a tab) in a
name or a tag becomes a space, a backslash in a name a slash, and one that ends a tag nothing. The
parsers in use disagree on backslashes before what is escaped in names.
"""

import math
import re
from functools import lru_cache

from telemetry_sender.events.model import Value
from telemetry_sender.records.value_text import value_text

# Keys come with every event, and values of tags are few.
_REMEMBERED = 1 << 14

_CONTROLS = [*range(32), 127]
_SPACED = str.maketrans(dict.fromkeys(_CONTROLS, " "))
_NAMED = _SPACED | str.maketrans({"\\": "/"})
# Line breaks are escaped, since a line is a record; bytes of 0 are what fields are padded with.
_STRING = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\ufffd"})
_STRING_SPECIAL = re.compile('[\\\\"\n\r\0]')
_MEASUREMENT = str.maketrans({",": "\\,", " ": "\\ "})
_KEY = _MEASUREMENT | str.maketrans({"=": "\\="})
_NAMELESS = "unnamed"

LEAST_INTEGER, MOST_INTEGER = -(1 << 63), (1 << 63) - 1
"""Bounds of integers in InfluxDB."""


def measurement(name: str) -> bytes:
    """Return a measurement; one that would begin a comment gets a word before."""
    told = plain_name(name) or _NAMELESS
    told = f"metric{told}" if told.startswith("#") else told
    return told.translate(_MEASUREMENT).encode()


@lru_cache(_REMEMBERED)
def plain_name(name: str) -> str:
    """Return a name as it is read back; it may be empty."""
    return name.translate(_NAMED)


@lru_cache(_REMEMBERED)
def escaped(text: str) -> bytes:
    """Return a name or the value of a tag as it is written."""
    return text.translate(_KEY).encode()


@lru_cache(_REMEMBERED)
def tag(key: str, value: str) -> bytes:
    """Return a tag as it stands behind others, from what `plain_name` and `tag_text` return."""
    return b",%b=%b" % (escaped(key), escaped(value))


def string(text: str) -> bytes:
    """Return the value of a field that is text; line breaks become a backslash and a letter."""
    escaped_text = text.translate(_STRING) if _STRING_SPECIAL.search(text) else text
    return b'"%b"' % escaped_text.encode()


def integer(value: int) -> bytes:
    """Return the value of a field that is an integer; InfluxDB has none beyond 64 bits, signed."""
    return b"%di" % min(max(value, LEAST_INTEGER), MOST_INTEGER)


def field_value(value: Value) -> bytes | None:
    """Return an attribute or a body as the value of a field; None where there is nothing to say.

    Texts, integers, doubles and booleans have their own types; bytes are base64 in a text, and
    all else is JSON in one.
    """
    if isinstance(value, str):
        return string(value)
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, float):
        return repr(value).encode() if math.isfinite(value) else None
    text = value_text(value)
    return None if text is None else string(text)


def tag_text(value: Value) -> str:
    """Return an attribute as the value of a tag, not escaped; empty where it has none."""
    return (value_text(value) or "").translate(_SPACED).rstrip("\\")
