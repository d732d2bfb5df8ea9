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


def read_fields(data: bytes, at: int, end: int, tags: Container[int], fields: Fields) -> None:
    """Add to `fields` those of the message in `data[at:end]` whose tags are among `tags`.

    Raises WireError, or IndexError at the end of `data`, where the bytes are not a message.
    """
    while at < end:
        tag = data[at]
        at += 1
        if tag > 0x7F:
            tag, at = read_varint(data, at - 1, end)
        start = at
        wire = tag & 7
        if wire == LENGTH:
            size = data[at]
            start += 1
            if size > 0x7F:
                size, start = read_varint(data, at, end)
            at = start + size
        elif wire == FIXED64:
            at += 8
        elif wire == VARINT:
            while data[at] > 0x7F:
                at += 1
            at += 1
        else:
            at = _other_end(data, tag, at, end)
        if tag in tags:
            fields.setdefault(tag >> 3, []).append((start, at, wire))
    if at != end:
        raise WireError(at, "field ends outside its message")


def _other_end(data: bytes, tag: int, at: int, end: int) -> int:
    """Return where a value of one of the rarer wire types ends."""
    if tag & 7 == FIXED32:
        return at + 4
    if tag & 7 == GROUP_START:
        return group_end(memoryview(data), tag >> 3, at, end)
    raise WireError(at, "not a wire type")
