"""Reads attributes and the values that they hold."""

from collections.abc import Callable, Iterable, Mapping

from telemetry_common.planning.wire import LENGTH, WireError, read_varint
from telemetry_sender.events import scalars
from telemetry_sender.events.attribute_list import AttributeList
from telemetry_sender.events.memo import Memo
from telemetry_sender.events.model import Attributes, Value
from telemetry_sender.events.scalars import Rows
from telemetry_sender.text.attributes import plain_value_at
from telemetry_sender.text.message_reader import MessageReader

_STRING_VALUE, _INT_VALUE = 0x0A, 0x18
"""Tags of AnyValue: see `common.proto`."""
_SHORT_NUMBER = 9
"""Bytes of a tag and a number of up to 56 bits, which cannot be below 0."""
_MOST_SHARED = 7
"""Longer lists, such as those of spans and of access logs, hardly ever come again."""

_NO_ATTRIBUTES: Attributes = {}
_PAIR_BYTES = 50
"""About what Python adds to one of a list."""

_KEY_VALUE = MessageReader.of("KeyValue")
_ANY_VALUE = MessageReader.of("AnyValue")
_ARRAY = MessageReader.of("ArrayValue")
_LIST = MessageReader.of("KeyValueList")


class AttributeReader:
    """Reads lists of attributes; of the equal bytes of a short one it makes one list."""

    def __init__(self, *, is_lazy: bool = False) -> None:
        """Prepare to read; `is_lazy` leaves long lists for whoever asks for their values."""
        self._is_lazy = is_lazy
        self._pairs = Memo(checked_pair, len)
        self._lists = Memo(self._attributes, _list_size)

    def read(self, data: bytes, rows: Rows | None) -> Attributes:
        """Return the attributes that stand in these rows. Raises WireError or IndexError."""
        if not rows:
            return _NO_ATTRIBUTES
        encoded = [data[start:end] for start, end, _ in rows]
        if len(encoded) <= _MOST_SHARED:
            return self._lists[tuple(encoded)]
        return (
            AttributeList(encoded, self._attributes) if self._is_lazy else self._attributes(encoded)
        )

    def _attributes(self, encoded: Iterable[bytes]) -> Attributes:
        pairs = self._pairs
        return dict([pairs[each] for each in encoded])


def _list_size(encoded: tuple[bytes, ...]) -> int:
    return sum(map(len, encoded)) + _PAIR_BYTES * len(encoded)


def checked_pair(data: bytes) -> tuple[str, Value]:
    """Return an attribute from its bytes. Raises WireError, whatever is wrong with them."""
    try:
        return pair(data)
    except IndexError:
        raise WireError(len(data), "message ends within a field") from None
    except RecursionError:
        raise WireError(0, "messages nested too deeply") from None


def pair(data: bytes) -> tuple[str, Value]:
    """Return an attribute from its bytes. Raises WireError, IndexError or RecursionError."""
    at = plain_value_at(data)
    value = None if at is None else _plain_value(data, at)
    if at is not None and value is not None:
        return data[2 : at - 2].decode("utf-8", "replace"), value
    found = _KEY_VALUE.read(data, [(0, len(data), LENGTH)])
    return scalars.text(data, found.get(1)), any_value(data, found.get(2, ()))


def _plain_value(data: bytes, at: int) -> Value:
    """Return the string or the whole number, the commonest of values, that `data` ends with.

    None for any other one, or one that is encoded in an unusual way.
    """
    end = len(data)
    if data[at] == _STRING_VALUE and data[at + 1] == end - at - 2:
        return data[at + 2 :].decode("utf-8", "replace")
    if data[at] == _INT_VALUE and end - at <= _SHORT_NUMBER:
        value, after = read_varint(data, at + 1, end)
        return value if after == end else None
    return None


def any_value(data: bytes, rows: Rows) -> Value:
    """Return what an AnyValue holds, the parts of which are in these rows; None for nothing.

    Raises WireError, IndexError, or RecursionError for values nested beyond what Python can follow.
    """
    if len(rows) == 1 and (content := _text_at(data, *rows[0])) is not None:
        return content
    found = _ANY_VALUE.read(data, rows)
    for number, values in found.items():
        read = _VALUES.get(number)
        return read(data, values) if read else None
    return None


def _text_at(data: bytes, start: int, end: int, _wire: int) -> str | None:
    """Return the string that is all that an AnyValue says; None for any other one."""
    if start < end and data[start] == _STRING_VALUE:
        size, at = read_varint(data, start + 1, end)
        return data[at:end].decode("utf-8", "replace") if at + size == end else None
    return None


def _array(data: bytes, rows: Rows) -> Value:
    values = _ARRAY.read(data, rows).get(1, ())
    return tuple([any_value(data, [row]) for row in values])


def _list(data: bytes, rows: Rows) -> Value:
    pairs = _LIST.read(data, rows).get(1, ())
    return dict([pair(data[start:end]) for start, end, _ in pairs])


_VALUES: Mapping[int, Callable[[bytes, Rows], Value]] = {
    1: scalars.text,
    2: lambda data, rows: bool(scalars.unsigned(data, rows)),
    3: lambda data, rows: scalars.signed(data, rows, 64),
    4: scalars.double,
    5: _array,
    6: _list,
    7: lambda data, rows: data[rows[-1][0] : rows[-1][1]],
}
"""The values of an AnyValue by field number; an index into a table of strings means none here."""
