"""Reads spans, with their events and links."""

from telemetry_sender.events import scalars
from telemetry_sender.events.attributes import AttributeReader
from telemetry_sender.events.block_bytes import BlockBytes
from telemetry_sender.events.model import Link, Span, SpanEvent
from telemetry_sender.events.origins import Origin
from telemetry_sender.events.scalars import Rows
from telemetry_sender.text.message_reader import MessageReader
from telemetry_sender.text.rows import Row

_SPAN = MessageReader.of("Span")
_EVENT = MessageReader.of("Event")
_LINK = MessageReader.of("SpanLink")
_STATUS = MessageReader.of("Status")


class SpanReader:
    """Reads spans with the attributes that they share."""

    def __init__(self, attributes: AttributeReader) -> None:
        self._attributes = attributes

    def read(self, block: BlockBytes, origin: Origin, row: Row) -> tuple[Span]:
        """Return the span that stands in this row. Raises WireError or IndexError."""
        data = block.data
        found = _SPAN.read(data, [row]).get
        status_code, status_message = _status(data, found(15))
        event = Span(
            resource=origin.resource,
            scope=origin.scope,
            trace_id=block.wide_id(found(1)),
            span_id=block.id(found(2)),
            parent_span_id=block.id(found(4)),
            trace_state=scalars.text(data, found(3)),
            flags=scalars.fixed32(data, found(16)),
            name=scalars.text(data, found(5)),
            kind=scalars.signed(data, found(6)),
            start=block.time(found(7)),
            end=block.time(found(8)),
            attributes=self._attributes.read(data, found(9)),
            events=tuple([self._event(block, each) for each in found(11, ())]),
            links=tuple([self._link(block, each) for each in found(13, ())]),
            status_code=status_code,
            status_message=status_message,
        )
        return (event,)

    def _event(self, block: BlockBytes, row: Row) -> SpanEvent:
        found = _EVENT.read(block.data, [row]).get
        return SpanEvent(
            time=block.time(found(1)),
            name=scalars.text(block.data, found(2)),
            attributes=self._attributes.read(block.data, found(3)),
        )

    def _link(self, block: BlockBytes, row: Row) -> Link:
        found = _LINK.read(block.data, [row]).get
        return Link(
            trace_id=block.wide_id(found(1)),
            span_id=block.id(found(2)),
            attributes=self._attributes.read(block.data, found(4)),
        )


def _status(data: bytes, parts: Rows | None) -> tuple[int, str]:
    if not parts:
        return 0, ""
    found = _STATUS.read(data, parts).get
    return scalars.signed(data, found(3)), scalars.text(data, found(2))
