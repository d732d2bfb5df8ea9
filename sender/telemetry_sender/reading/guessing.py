"""Guesses which signal a file of OTLP holds: messages of all signals begin alike."""

from collections.abc import Iterator
from pathlib import Path

from telemetry_common.planning.wire import FIXED64, LENGTH, WireError
from telemetry_common.signals import Signal
from telemetry_sender.text.message_reader import MessageReader
from telemetry_sender.text.rows import Fields, Row, read_fields

_ROOT = MessageReader.of("ProfilesData")
# These have the same fields whatever the signal.
_RESOURCE = MessageReader.of("ResourceSpans")
_SCOPE = MessageReader.of("ScopeSpans")
_DICTIONARY = 2
"""The field that only ProfilesData has beside its first."""

_TELLING = {
    # Start and end of a span, a log record's two times; or what the kinds of metrics hold.
    Signal.TRACES: frozenset({7 << 3 | FIXED64, 8 << 3 | FIXED64}),
    Signal.LOGS: frozenset({1 << 3 | FIXED64, 11 << 3 | FIXED64}),
    Signal.METRICS: frozenset(number << 3 | LENGTH for number in (5, 7, 9, 10, 11)),
}
"""Tags of what scopes hold, by which they are told: in this order, as spans and log records may
have those of metrics, too."""
_ALL_TELLING = frozenset().union(*_TELLING.values())


def signal_of(name: str, message: bytes) -> Signal | None:
    """Return which signal a message holds, else the one in the file's name; None if neither."""
    try:
        found = _in_message(message)
    except (WireError, IndexError):
        found = None
    return found or _in_name(name)


def _in_message(data: bytes) -> Signal | None:
    root = _ROOT.read(data, [(0, len(data), LENGTH)])
    if _DICTIONARY in root:
        return Signal.PROFILES
    return next(filter(None, (_of_item(data, row) for row in _items(data, root))), None)


def _items(data: bytes, root: Fields) -> Iterator[Row]:
    """Yield what the scopes hold."""
    for resource in root.get(1, ()):
        for scope in _RESOURCE.read(data, [resource]).get(2, ()):
            yield from _SCOPE.read(data, [scope]).get(2, ())


def _of_item(data: bytes, row: Row) -> Signal | None:
    fields: Fields = {}
    read_fields(data, row[0], row[1], _ALL_TELLING, fields)
    tags = {number << 3 | wire for number, rows in fields.items() for _, _, wire in rows}
    return next((signal for signal, telling in _TELLING.items() if tags & telling), None)


def _in_name(name: str) -> Signal | None:
    """Return the only signal that the name of a file speaks of."""
    spoken = [signal for signal in Signal if signal in Path(name).name]
    return spoken[0] if len(spoken) == 1 else None
