"""Log records, column by column: what each one says, and when."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

from telemetry_common.ids import U64
from telemetry_sender.receiver.event_columns import EventColumns
from telemetry_sender.receiver.stream_names import StreamNames, hashes


def records_of(view: Any) -> list[Any]:
    """Return every log record of a `LogsView`, in wire order."""
    return [
        record
        for each in view.resource_logs
        for scope in each.scope_logs
        for record in scope.log_records
    ]


def record_columns(view: Any, sequence: "SequenceAttribute | None" = None) -> EventColumns:
    """Return what identifies the log records of a `LogsView`, in wire order.

    The stream of a record is its content: all but times and ids. With a `sequence` it is the
    number that the record has instead. The time is the record's own, else the observed one.
    """
    scopes = [
        (number, scope.scope, scope.log_records)
        for number, resource in enumerate(view.resource_logs)
        for scope in resource.scope_logs
    ]
    counts = [len(records) for _, _, records in scopes]
    records = [record for _, _, records in scopes for record in records]
    contents = hashes(_content(record, sequence) for record in records)
    names = StreamNames(
        resources=[each.resource for each in view.resource_logs],
        resource=np.repeat(np.array([number for number, _, _ in scopes], np.intp), counts),
        rest=np.repeat(hashes(scope for _, scope, _ in scopes), counts) ^ contents,
    )
    return EventColumns(names, record_times(records))


def record_times(records: Sequence[Any]) -> U64:
    """Return the time of each record, else when it was observed, else 0; Unix nanoseconds."""
    times = (record.time_unix_nano or record.observed_time_unix_nano for record in records)
    return np.fromiter(times, np.uint64)


def _content(record: Any, sequence: "SequenceAttribute | None") -> Hashable:
    number = sequence.of(record) if sequence else None
    if number is not None:
        return number
    return (
        record.body,
        record.severity_number,
        record.severity_text,
        record.event_name,
        b"".join(record.attributes),
    )


class SequenceAttribute:
    """An attribute by which log records number themselves."""

    def __init__(self, key: str) -> None:
        # How every such attribute begins on the wire: its key is its first field.
        self._start = KeyValue(key=key).SerializeToString()

    def of(self, record: Any) -> int | None:
        """Return the number of a record of a `LogsView`; None if it has none, or none from 0 on.

        The value may be an integer or decimal digits.
        """
        for attribute in record.attributes:
            if attribute.startswith(self._start):
                return _number(KeyValue.FromString(attribute))
        return None


def _number(attribute: KeyValue) -> int | None:
    value = attribute.value
    if value.HasField("int_value"):
        return value.int_value if value.int_value >= 0 else None
    text = value.string_value
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else None


_DIGITS = 19
"""More digits may not fit into 63 bits."""
