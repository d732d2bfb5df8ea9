"""Collects the slots of a template file, message type by message type, as its layout says."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_common.planning.layout import ID_BYTES, Message, Role
from telemetry_common.planning.wire import (
    FIXED64,
    LENGTH,
    Bytes,
    Fields,
    Messages,
    Offsets,
    WireError,
    scan,
)
from telemetry_common.planning.words import Words

NO_CARRIER = -1


@dataclass(frozen=True, slots=True)
class Found:
    """Slots of one role, n of them.

    `local` is the event (for profiles: the profile) that a slot belongs to, `carrier` the message
    whose trace and span ids say where it belongs, NO_CARRIER for none.
    """

    offset: Offsets
    local: Offsets
    carrier: Offsets

    def select(self, rows: NDArray[np.bool_] | Offsets) -> "Found":
        """Return the slots in `rows`."""
        return Found(self.offset[rows], self.local[rows], self.carrier[rows])

    def __len__(self) -> int:
        return len(self.offset)


@dataclass(frozen=True, slots=True)
class Owners:
    """Whom the messages of a table belong to: `local` and `carrier`, both of shape (n,)."""

    local: Offsets
    carrier: Offsets

    def take(self, rows: Offsets) -> "Owners":
        """Return the owners of the messages in `rows`."""
        return Owners(self.local[rows], self.carrier[rows])


@dataclass(slots=True)
class SlotCollector:
    """Walks messages with slots and keeps what it finds, by role."""

    data: Bytes
    words: Words
    carriers: int = 0
    """Number of messages so far that name a span."""
    _parts: dict[Role, list[Found]] = field(default_factory=dict)

    def visit(self, message: Message, table: Messages, owners: Owners) -> Owners:
        """Collect the slots of the messages in `table` and below; return who owns those slots.

        Raises WireError where a message is not protobuf.
        """
        if message.names_a_span:
            owners = Owners(owners.local, self._new_carriers(len(table)))
        keep = {*message.roles, *message.repeated, *message.children}
        fields = scan(self.data, table, keep)
        self.collect(message.roles.items(), fields, owners)
        for number, role in message.repeated.items():
            self._collect_repeated(role, fields, number, owners)
        for number, child in message.children.items():
            rows = fields.of(number, LENGTH)
            self.visit(child, rows.values(), owners.take(rows.owner))
        return owners

    def collect(self, roles: Iterable[tuple[int, Role]], fields: Fields, owners: Owners) -> None:
        """Collect the slots that are fields of the messages themselves."""
        for number, role in roles:
            if role in ID_BYTES:
                self._collect_ids(role, fields.of(number, LENGTH), owners)
            else:
                self._collect_fixed(role, fields.of(number, FIXED64), owners)

    def found(self, role: Role) -> Found:
        """Return all slots of `role`, ordered by offset."""
        empty = np.empty(0, np.int64)
        parts = [Found(empty, empty, empty), *self._parts.get(role, [])]
        columns = (
            np.concatenate([getattr(part, name) for part in parts]) for name in Found.__slots__
        )
        merged = Found(*columns)
        return merged.select(np.argsort(merged.offset, kind="stable"))

    def _new_carriers(self, count: int) -> Offsets:
        first = self.carriers
        self.carriers += count
        return np.arange(first, self.carriers, dtype=np.int64)

    def _collect_ids(self, role: Role, fields: Fields, owners: Owners) -> None:
        rows = _last_of_each_owner(fields)
        width = ID_BYTES[role]
        rows = rows.select(rows.end - rows.start == width)
        words = self.words.integer
        filled = words[rows.start] != 0
        if width > 8:
            filled |= words[rows.start + 8] != 0
        self._add(role, rows.select(filled), owners)

    def _collect_fixed(self, role: Role, fields: Fields, owners: Owners) -> None:
        rows = _last_of_each_owner(fields)
        self._add_fixed(role, rows.start, owners.take(rows.owner))

    def _collect_repeated(self, role: Role, fields: Fields, number: int, owners: Owners) -> None:
        single = fields.of(number, FIXED64)
        self._add_fixed(role, single.start, owners.take(single.owner))
        packed = fields.of(number, LENGTH)
        length = packed.end - packed.start
        if np.any(length % 8):
            at = int(packed.tag[np.flatnonzero(length % 8)[0]])
            raise WireError(at, "packed 64-bit values of a broken length")
        count = length // 8
        owner = np.repeat(packed.owner, count)
        place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
        self._add_fixed(role, np.repeat(packed.start, count) + 8 * place, owners.take(owner))

    def _add(self, role: Role, fields: Fields, owners: Owners) -> None:
        taken = owners.take(fields.owner)
        self._parts.setdefault(role, []).append(Found(fields.start, taken.local, taken.carrier))

    def _add_fixed(self, role: Role, offset: Offsets, owners: Owners) -> None:
        """Add 64-bit fields; a zero is an unset one and stays as it is."""
        filled = self.words.integer[offset] != 0
        found = Found(offset, owners.local, owners.carrier)
        self._parts.setdefault(role, []).append(found.select(filled))


def _last_of_each_owner(fields: Fields) -> Fields:
    """Return the last field of each message: a parser keeps only that one of a singular field."""
    last = np.ones(len(fields), np.bool_)
    last[:-1] = fields.owner[1:] != fields.owner[:-1]
    return fields.select(last)


@dataclass(frozen=True, slots=True)
class CarrierIds:
    """Template ids of each carrier, 0 where it has none: words of shape (carriers,)."""

    trace_high: U64
    trace_low: U64
    span: U64

    @classmethod
    def read(cls, collector: SlotCollector) -> "CarrierIds":
        """Read the ids that the collected slots hold."""
        words = collector.words.integer
        high, low, span = np.zeros((3, collector.carriers), np.uint64)
        traces, spans = collector.found(Role.TRACE_ID), collector.found(Role.SPAN_ID)
        high[traces.carrier] = words[traces.offset]
        low[traces.carrier] = words[traces.offset + 8]
        span[spans.carrier] = words[spans.offset]
        return cls(high, low, span)
