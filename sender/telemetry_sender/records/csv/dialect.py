"""CSV: a row for each event, with the columns of its stream."""

from collections.abc import Sequence

from telemetry_sender.events.model import Event
from telemetry_sender.records.base import Stream
from telemetry_sender.records.csv.columns import Column, columns_of
from telemetry_sender.records.csv.text import Text, quoted
from telemetry_sender.records.dialect import Dialect, EventWriter
from telemetry_sender.records.writer import RecordWriter


def csv_dialect(promoted: Sequence[str], text: Text) -> Dialect:
    """Return how events are written as rows.

    `promoted` are the keys of attributes that have columns of their own; `text` says how texts are
    written, before they are quoted.
    """
    writers = {stream: _row_writer(columns_of(stream, promoted, text)) for stream in Stream}
    return Dialect("csv", "Comma-separated values", writers, has_lazy_attributes=not promoted)


def header(stream: Stream, promoted: Sequence[str], text: Text) -> bytes:
    """Return the first row of the files of a stream, line break included."""
    names = (column.name for column in columns_of(stream, promoted, text))
    return b",".join(quoted(text(name).encode()) for name in names) + b"\n"


def _row_writer(columns: list[Column]) -> EventWriter:
    def write(event: Event, writer: RecordWriter) -> None:
        texts: list[bytes] = []
        for column in columns:
            for piece in column.cell(event):
                if isinstance(piece, bytes):
                    texts.append(piece)
                else:
                    writer.put(b"".join(texts))
                    writer.put_spot(*piece)
                    texts.clear()
            texts.append(b",")
        texts[-1] = b"\n"
        writer.put(b"".join(texts))

    return write
