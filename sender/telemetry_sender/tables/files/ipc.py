"""Arrow IPC: the memory of tables as it is, which readers map into theirs."""

from typing import Any

from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.files.base import TableFormat, TableWriter


def arrow_format(compression: str | None, level: int | None, *, is_stream: bool) -> TableFormat:
    """Return the file format, which readers can seek in, or the streaming format.

    See https://arrow.apache.org/docs/format/Columnar.html. Texts are in front of the first rows:
    polars knows no texts that are added later, and the file format none that are replaced.
    """

    def begin(sink: Any, schema: pa.Schema) -> TableWriter:
        codec = pa.Codec(compression, level) if compression else None
        options = pa.ipc.IpcWriteOptions(compression=codec)
        new = pa.ipc.new_stream if is_stream else pa.ipc.new_file
        writer: TableWriter = new(sink, schema, options=options)
        return writer

    return TableFormat("arrow", "arrows" if is_stream else "arrow", begin, shares_texts=True)
