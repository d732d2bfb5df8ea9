"""Reads log records."""

from telemetry_sender.events import scalars
from telemetry_sender.events.attributes import AttributeReader, any_value
from telemetry_sender.events.block_bytes import BlockBytes
from telemetry_sender.events.model import Log
from telemetry_sender.events.origins import Origin
from telemetry_sender.text.message_reader import MessageReader
from telemetry_sender.text.rows import Row

_LOG_RECORD = MessageReader.of("LogRecord")


class LogReader:
    """Reads log records with the attributes that they share."""

    def __init__(self, attributes: AttributeReader) -> None:
        self._attributes = attributes

    def read(self, block: BlockBytes, origin: Origin, row: Row) -> tuple[Log]:
        """Return the log record that stands in this row. Raises WireError or IndexError."""
        data = block.data
        found = _LOG_RECORD.read(data, [row]).get
        event = Log(
            resource=origin.resource,
            scope=origin.scope,
            time=block.time(found(1)),
            observed_time=block.time(found(11)),
            severity_number=scalars.signed(data, found(2)),
            severity_text=scalars.text(data, found(3)),
            body=any_value(data, found(5, ())),
            attributes=self._attributes.read(data, found(6)),
            trace_id=block.wide_id(found(9)),
            span_id=block.id(found(10)),
            flags=scalars.fixed32(data, found(8)),
            event_name=scalars.text(data, found(12)),
        )
        return (event,)
