"""Events as lines of text: those that a file of lines of the same run would hold."""

from telemetry_sender.events.model import Event
from telemetry_sender.records.base import stream_of
from telemetry_sender.records.dialects.flat import DIALECT
from telemetry_sender.records.shared_texts import SharedTexts
from telemetry_sender.records.writer import RecordWriter


def line_of(event: Event) -> bytes:
    """Return the record of an event in the dialect `flat`, which has no use for its number."""
    out = RecordWriter(None, SharedTexts())
    out.begin(0)
    DIALECT.writers[stream_of(event)](event, out)
    out.end()
    return out.layout().text
