"""Events as lines of text: those that a file of lines of the same run would hold."""

from telemetry_sender.binary.numbered import Numbered
from telemetry_sender.records.base import stream_of
from telemetry_sender.records.dialect import Dialect
from telemetry_sender.records.forms import Form
from telemetry_sender.records.writer import RecordWriter


class _NumberedWriter(RecordWriter):
    """Writes an event whose number is known."""

    def __init__(self, sequence: int) -> None:
        super().__init__()
        self._sequence = sequence

    def put_counter(self, form: Form) -> None:
        self.put(form.static(self._sequence))


def line_of(numbered: Numbered, dialect: Dialect) -> bytes:
    """Return the record of an event in a dialect of lines."""
    writer = _NumberedWriter(numbered.sequence)
    writer.begin(0, None)
    dialect.writers[stream_of(numbered.event)](numbered.event, writer)
    writer.end()
    return writer.layout().text
