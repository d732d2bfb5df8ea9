"""Log records, column by column: what each one says, and when."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from telemetry_common.ids import U64
from telemetry_sender.receiver.canonical import (
    canonical_attribute,
    canonical_scope,
    canonical_value,
)
from telemetry_sender.receiver.event_columns import EventColumns
from telemetry_sender.receiver.occurrences import Indices
from telemetry_sender.receiver.stream_names import StreamNames, hashes

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Records:
    """The log records of one request, in wire order.

    The stream of a record is its content, and how long after its time it was observed, which tells
    otherwise equal records of one time apart: all but the time itself and ids.
    """

    messages: list[Any]
    times: U64
    """Of each record, else when it was observed, else 0; Unix nanoseconds."""
    _resources: list[bytes]
    _scopes: list["_Scope"]

    def __len__(self) -> int:
        return len(self.messages)

    def columns(self, sequence: "SequenceAttribute | None" = None) -> EventColumns:
        """Return what identifies the records; with a `sequence`, their numbers if they have any."""
        scope = np.repeat(np.arange(len(self._scopes)), [each.count for each in self._scopes])
        scopes = hashes([each.scope for each in self._scopes])
        names = StreamNames(
            resources=self._resources,
            resource=np.array([each.resource for each in self._scopes], np.intp)[scope],
            rest=scopes[scope] ^ _named(self.messages, sequence, _contents),
            restated=lambda which: self._restated(scope[which], which, sequence),
        )
        return EventColumns(names, self.times)

    def _restated(
        self, scope: Indices, which: Indices, sequence: "SequenceAttribute | None"
    ) -> U64:
        scopes = hashes([canonical_scope(each.scope) for each in self._scopes])
        chosen = [self.messages[each] for each in which]
        return scopes[scope] ^ _named(chosen, sequence, _canonical_contents)

    def by_resource(self, values: Sequence[Value]) -> Iterator[tuple[bytes, Sequence[Value]]]:
        """Yield the serialized resource of each scope with its share of `values`, one a record."""
        start = 0
        for each in self._scopes:
            yield self._resources[each.resource], values[start : start + each.count]
            start += each.count


@dataclass(frozen=True, slots=True)
class _Scope:
    resource: int
    scope: bytes
    count: int


def records_of(view: Any) -> Records:
    """Return the log records of a `LogsView`."""
    scopes = [
        (number, scope.scope, list(scope.log_records))
        for number, resource in enumerate(view.resource_logs)
        for scope in resource.scope_logs
    ]
    messages = [record for _, _, records in scopes for record in records]
    times = [record.time_unix_nano or record.observed_time_unix_nano for record in messages]
    return Records(
        messages,
        np.array(times, np.uint64),
        [each.resource for each in view.resource_logs],
        [_Scope(number, scope, len(records)) for number, scope, records in scopes],
    )


def _named(
    records: list[Any],
    sequence: "SequenceAttribute | None",
    contents: Callable[[list[Any]], U64],
) -> U64:
    """Return what names each record within its scope: its number if it has one, or its content."""
    if sequence is None:
        return contents(records)
    numbers = [sequence.of(record) for record in records]
    numbered = np.array([each is not None for each in numbers], np.bool_)
    return np.where(numbered, hashes(numbers), contents(records))


def _contents(records: list[Any]) -> U64:
    # Column by column, because a function call for each record would take half of the time.
    return hashes(
        zip(
            [record.body for record in records],
            [record.severity_number for record in records],
            [record.severity_text for record in records],
            [record.event_name for record in records],
            [b"".join(record.attributes) for record in records],
            [_delay(record) for record in records],
            strict=True,
        )
    )


def _canonical_contents(records: list[Any]) -> U64:
    return hashes(
        (
            canonical_value(record.body),
            record.severity_number,
            record.severity_text,
            record.event_name,
            b"".join(map(canonical_attribute, record.attributes)),
            _delay(record),
        )
        for record in records
    )


def _delay(record: Any) -> int:
    """Return how many nanoseconds after its time a record was observed; 0 without both times."""
    time, observed = record.time_unix_nano, record.observed_time_unix_nano
    return observed - time if time and observed else 0


class SequenceAttribute:
    """An attribute by which log records number themselves."""

    def __init__(self, key: str) -> None:
        self._key = key
        # What every such attribute holds on the wire, wherever its key stands.
        self._part = KeyValue(key=key).SerializeToString()

    def of(self, record: Any) -> int | None:
        """Return the number of a record of a `LogsView`; None if it has none, or none from 0 on.

        The value may be an integer or decimal digits.
        """
        for attribute in record.attributes:
            if self._part in attribute:
                decoded = KeyValue.FromString(attribute)
                if decoded.key == self._key:
                    return _number(decoded)
        return None


def _number(attribute: KeyValue) -> int | None:
    value = attribute.value
    if value.HasField("int_value"):
        return value.int_value if value.int_value >= 0 else None
    text = value.string_value
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else None


_DIGITS = 19
"""More digits may not fit into 63 bits."""
