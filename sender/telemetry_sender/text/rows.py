"""Reads the fields of one message at a time, for rendering: a plain loop over its bytes."""

from collections.abc import Container

from telemetry_common.planning.wire import (
    FIXED32,
    FIXED64,
    GROUP_START,
    LENGTH,
    VARINT,
    WireError,
    group_end,
    read_varint,
)

Row = tuple[int, int, int]
"""A value: where it begins and ends, and its wire type."""

Fields = dict[int, list[Row]]
"""The values of a message by field number, in the order in which the fields first appear."""

_WIDTHS = {FIXED64: 8, FIXED32: 4}


def read_fields(data: bytes, at: int, end: int, tags: Container[int], fields: Fields) -> None:
    """Add to `fields` those of the message in `data[at:end]` whose tags are among `tags`.

    Raises WireError, or IndexError at the end of `data`, where the bytes are not a message.
    """
    last = -1
    rows: list[Row] = []
    while at < end:
        tag = data[at]
        at += 1
        if tag > 0x7F:
            tag, at = _long_varint(data, at, end)
        start = at
        wire = tag & 7
        if wire == LENGTH:
            size = data[at]
            start += 1
            if size > 0x7F:
                size, start = _long_varint(data, start, end)
            at = start + size
        elif wire == VARINT:
            while data[at] > 0x7F:
                at += 1
            at += 1
        elif wire in _WIDTHS:
            at += _WIDTHS[wire]
        else:
            at = _group_end(data, tag, at, end)
        if tag != last:
            # Those of an unknown field go into a list that nobody sees.
            rows = fields.setdefault(tag >> 3, []) if tag in tags else []
            last = tag
        rows.append((start, at, wire))
    if at != end:
        raise WireError(at, "field ends outside its message")


def _long_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the varint of more than one byte, the second of which is at `at`, and its end."""
    second = data[at]
    if second < 0x80:
        return data[at - 1] & 0x7F | second << 7, at + 1
    return read_varint(data, at - 1, end)


def _group_end(data: bytes, tag: int, at: int, end: int) -> int:
    """Return where a group ends. Raises WireError for all else, which is no wire type."""
    if tag & 7 == GROUP_START:
        return group_end(memoryview(data), tag >> 3, at, end)
    raise WireError(at, "not a wire type")
