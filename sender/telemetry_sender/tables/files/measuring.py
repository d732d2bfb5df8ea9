"""Tells how much of a file rows will take before they are written."""

from dataclasses import dataclass

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.files.base import TableFormat


@dataclass(frozen=True, slots=True)
class Extent:
    """The parts of a file, in bytes."""

    body: int
    footer: int


def extent(table_format: TableFormat, *groups: pa.RecordBatch, schema: pa.Schema) -> Extent:
    """Return how large a file with these groups of rows would be."""
    sink = pa.MockOutputStream()
    writer = table_format.open(sink, schema)
    for group in groups:
        writer.write_batch(group)
    body = sink.size()
    writer.close()
    return Extent(body, sink.size() - body)
