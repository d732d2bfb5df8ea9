"""One file of a table while it is written."""

from contextlib import suppress

from telemetry_sender.files.account import FileAccount
from telemetry_sender.files.codec import Packed
from telemetry_sender.files.data_file import DataFile
from telemetry_sender.tables.arrow import pa
from telemetry_sender.tables.files.base import TableFormat, as_os_errors


class TableFile:
    """Groups of rows in a hidden file. What raises OSError leaves it good only to `discard`."""

    def __init__(
        self, table_format: TableFormat, schema: pa.Schema, file: DataFile, time: int
    ) -> None:
        """Begin the file. `time` is when the first of its rows happened, in Unix nanoseconds."""
        self.time = time
        self.rows = 0
        self.groups = 0
        self._file = file
        self._end = _End(file)
        with as_os_errors():
            self._writer = table_format.open(self._end, schema)

    @property
    def size(self) -> int:
        """Bytes so far; what it ends with comes when it is sealed."""
        return self._end.size

    def write(self, batch: pa.RecordBatch) -> None:
        """Add a group of rows. Raises OSError."""
        with as_os_errors():
            self._writer.write_batch(batch)
        self.rows += batch.num_rows
        self.groups += 1

    def seal(self) -> None:
        """Complete it, and put all of it on disk. Raises OSError."""
        with as_os_errors():
            self._writer.close()
        self._file.seal()

    @property
    def events(self) -> int:
        """One each row."""
        return self.rows

    def publish(self) -> None:
        """Give a sealed file its name. Raises OSError."""
        self._file.publish()

    def discard(self) -> None:
        """Remove a file that has no name yet, as far as that is possible."""
        self._end.is_open = False
        # Otherwise the writer would end the file when it is collected.
        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        self._file.discard()

    def account(self, stream: str) -> FileAccount:
        """Return what the report says about it once it is complete."""
        return FileAccount(str(self._file.path), stream, self.size, self.rows)


class _End:
    """The end of a file, as Python's files are for whoever writes to them."""

    closed = False

    def __init__(self, file: DataFile) -> None:
        self.size = 0
        self.is_open = True
        self._file = file

    def write(self, data: Packed) -> int:
        """Add data; nothing once the file is given up."""
        if self.is_open:
            self._file.write(data, self.size)
            self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing: there is no buffer."""

    def close(self) -> None:
        """Do nothing: the file outlasts its writer."""
