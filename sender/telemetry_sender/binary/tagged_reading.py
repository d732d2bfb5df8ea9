"""Reads values behind their tags, whatever bytes come: a record is damaged, or it is understood."""

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from telemetry_sender.binary.leb128 import LebError, decode_signed, decode_unsigned
from telemetry_sender.binary.tags import WRITTEN_OUT, Tag

MOST_NESTED = 128
"""Lists and maps inside one another; more than OTLP's own parsers take."""


class RecordError(ValueError):
    """Bytes that are no record; `at` is the offset of what is wrong."""

    def __init__(self, at: int, problem: str) -> None:
        super().__init__(f"byte {at}: {problem}")
        self.at = at
        self.problem = problem


class TaggedReader:
    """Reads one record from left to right.

    Whatever length or number the bytes claim, nothing larger than the record itself is made of it.
    All methods raise RecordError.
    """

    def __init__(self, data: bytes, keys: Sequence[str] = ()) -> None:
        """Begin at the start of `data`; `keys` are the ones that are written as numbers."""
        self.at = 0
        """Where the next value begins."""
        self._data = data
        self._keys = keys
        self._depth = 0
        self._readers: Mapping[int, Callable[[], Any]] = {
            Tag.BOOL: self._bool,
            Tag.SIGNED: self.signed,
            Tag.UNSIGNED: self.unsigned,
            Tag.REAL: self._real,
            Tag.TEXT: self.text,
            Tag.BYTES: lambda: self.take(self.unsigned()),
            Tag.LIST: lambda: self._nested(self._list),
            Tag.MAP: lambda: self._nested(self.fields),
            Tag.NULL: lambda: None,
        }

    def fields(self) -> dict[str, Any]:
        """Return the entries of a map, the number of which comes first."""
        return {self._key(): self._value() for _ in range(self._count())}

    def unsigned(self) -> int:
        """Return an unsigned LEB128 number."""
        at = self.at
        if at < len(self._data) and self._data[at] <= 0x7F:
            # Nearly all of them, so they are spared the rest.
            self.at = at + 1
            return self._data[at]
        return self._number(decode_unsigned)

    def signed(self) -> int:
        """Return a signed LEB128 number."""
        return self._number(decode_signed)

    def text(self) -> str:
        """Return a string behind its length."""
        began = self.at
        try:
            return self.take(self.unsigned()).decode()
        except UnicodeDecodeError:
            raise RecordError(began, "text that is not UTF-8") from None

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        taken = self._data[self.at : self.at + size]
        if len(taken) < size:
            raise RecordError(self.at, f"the record ends before a value of {size:,} bytes does")
        self.at += size
        return taken

    def end(self) -> None:
        """Make sure that nothing is left."""
        if left := len(self._data) - self.at:
            raise RecordError(self.at, f"{left:,} bytes too many in the record")

    def _number(self, decode: Callable[[bytes, int], tuple[int, int]]) -> int:
        try:
            number, self.at = decode(self._data, self.at)
        except LebError as error:
            raise RecordError(error.at, error.problem) from None
        return number

    def _count(self) -> int:
        """Return how many elements follow, each of at least one byte."""
        began, count = self.at, self.unsigned()
        if count > len(self._data) - self.at:
            raise RecordError(began, f"the record is too short for {count:,} elements")
        return count

    def _key(self) -> str:
        began, number = self.at, self.unsigned()
        if number == WRITTEN_OUT:
            return self.text()
        if number > len(self._keys):
            raise RecordError(began, f"no key has the number {number:,}")
        return self._keys[number - 1]

    def _value(self) -> Any:
        tag = self.take(1)[0]
        if tag not in self._readers:
            raise RecordError(self.at - 1, f"no value has the tag {tag}")
        return self._readers[tag]()

    def _bool(self) -> bool:
        value = self.take(1)[0]
        if value > 1:
            raise RecordError(self.at - 1, f"{value} is no truth value")
        return bool(value)

    def _real(self) -> float:
        value: float = struct.unpack("<d", self.take(8))[0]
        return value

    def _list(self) -> list[Any]:
        return [self._value() for _ in range(self._count())]

    def _nested(self, read: Callable[[], Any]) -> Any:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise RecordError(self.at, f"more than {MOST_NESTED} lists inside one another")
        value = read()
        self._depth -= 1
        return value
