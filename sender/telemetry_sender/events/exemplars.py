"""Reads the exemplars of data points."""

from telemetry_sender.events.attributes import AttributeReader
from telemetry_sender.events.block_bytes import BlockBytes
from telemetry_sender.events.model import Exemplar
from telemetry_sender.events.scalars import Rows
from telemetry_sender.text.message_reader import MessageReader
from telemetry_sender.text.rows import Row

_EXEMPLAR = MessageReader.of("Exemplar")


class ExemplarReader:
    """Reads exemplars with the attributes that they share."""

    def __init__(self, attributes: AttributeReader) -> None:
        self._attributes = attributes

    def read(self, block: BlockBytes, rows: Rows) -> tuple[Exemplar, ...]:
        """Return the exemplars that stand in these rows. Raises WireError or IndexError."""
        return tuple([self._exemplar(block, row) for row in rows])

    def _exemplar(self, block: BlockBytes, row: Row) -> Exemplar:
        found = _EXEMPLAR.read(block.data, [row]).get
        return Exemplar(
            time=block.time(found(2)),
            value=block.real(found(3)) or block.integer(found(6)),
            trace_id=block.wide_id(found(5)),
            span_id=block.id(found(4)),
            attributes=self._attributes.read(block.data, found(7)),
        )
