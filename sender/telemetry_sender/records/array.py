"""Records of JSON in an array: a file as a whole is one JSON document, still one record a line."""

from dataclasses import replace
from typing import Any

from telemetry_sender.files.framing import Framing
from telemetry_sender.records.dialect import Dialect, EventWriter
from telemetry_sender.records.writer import RecordWriter

_SEPARATOR = b","

ARRAY = Framing(header=b"[\n", trailer=b"]\n", skipped=len(_SEPARATOR))
"""A file without records is the empty array. The comma is before a record, so that each record
can be written before it is known whether another one follows."""


def in_array(dialect: Dialect) -> Dialect:
    """Return a dialect of JSON lines with a comma before each."""
    writers = {stream: _separated(writer) for stream, writer in dialect.writers.items()}
    return replace(dialect, writers=writers)


def _separated(writer: EventWriter) -> EventWriter:
    def write(event: Any, out: RecordWriter) -> None:
        out.put(_SEPARATOR)
        writer(event, out)

    return write
