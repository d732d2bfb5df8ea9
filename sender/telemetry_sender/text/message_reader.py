"""Reads a message as a parser does: parts merged, overridden and unknown fields dropped."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry_common.planning.wire import LENGTH
from telemetry_sender.text.rows import Fields, Row, read_fields
from telemetry_sender.text.scalars import SCALARS
from telemetry_sender.text.schema import MESSAGES, ONEOFS, Field


@dataclass(frozen=True, slots=True)
class MessageReader:
    """What tells the fields of a message type on the wire."""

    tags: frozenset[int]
    """What its fields may begin with: others are unknown, and dropped."""
    oneof: frozenset[int]

    @classmethod
    def of(cls, message: str) -> "MessageReader":
        """Return the reader of a message of the schema."""
        tags = [tag for number, field in MESSAGES[message].items() for tag in _tags(number, field)]
        return cls(frozenset(tags), ONEOFS.get(message, frozenset()))

    def read(self, data: bytes, parts: Sequence[Row]) -> Fields:
        """Return the known fields of a message, the parts of which lie in `data`.

        Raises WireError or IndexError where they are not protobuf.
        """
        found: Fields = {}
        for start, end, _ in parts:
            read_fields(data, start, end, self.tags, found)
        if self.oneof and len(self.oneof & found.keys()) > 1:
            self._drop_overridden(found)
        return found

    def _drop_overridden(self, found: Fields) -> None:
        """Drop the fields of a oneof that come before the last one of another number."""
        starts = {number: found[number][-1][0] for number in self.oneof & found.keys()}
        last = max(starts, key=starts.__getitem__)
        others = max(start for number, start in starts.items() if number != last)
        found[last] = [row for row in found[last] if row[0] > others]
        for number in starts.keys() - {last}:
            del found[number]


def _tags(number: int, field: Field) -> list[int]:
    """Return the tags that a field may have: repeated numbers may be packed or not."""
    wire = SCALARS[field.form].wire if field.form in SCALARS else LENGTH
    wires = {wire, LENGTH} if field.repeated else {wire}
    return [number << 3 | each for each in wires]
