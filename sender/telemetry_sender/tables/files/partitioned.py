"""The files of one table in many directories, of which some are filled at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from telemetry_sender.files.account import FileAccount
from telemetry_sender.files.data_file import OpenFile
from telemetry_sender.files.naming import Naming
from telemetry_sender.tables.batch import Rows
from telemetry_sender.tables.files.partitioning import Partitioning, folder_start
from telemetry_sender.tables.files.rolling import Layout, RollingTables

OPEN_FILES = 256
"""At most, of a table; those are completed that were least recently written to."""
WAITING_ROWS = 1 << 19
"""Of all directories together; they take 50 to 200 bytes each."""


class PartitionedTables:
    """Divides what is written among directories, each with a sequence of files of its own."""

    def __init__(
        self,
        stream: str,
        naming: Naming,
        layout: Layout,
        partitioning: Partitioning,
        open_file: OpenFile,
    ) -> None:
        self._stream = stream
        self._naming = naming
        self._layout = layout
        self._partitioning = partitioning
        self._open_file = open_file
        # The least recently written to come first.
        self._parts: dict[str, RollingTables] = {}
        self._touched: dict[str, RollingTables] = {}

    @property
    def accounts(self) -> list[FileAccount]:
        """The complete files, directory by directory."""
        parts = sorted(self._parts.items())
        return [account for _, part in parts for account in part.accounts]

    @property
    def lost(self) -> int:
        """After `finish`: rows that were taken, and that are in no complete file."""
        return sum(part.lost for part in self._parts.values())

    def write(self, rows: Rows) -> int:
        """Add rows to the batch; return the bytes that this makes on disk. Raises OSError."""
        size = 0
        for folder, part in self._partitioning.split(rows):
            size += self._part(folder).write(part)
            self._keep_few()
        return size

    def commit(self) -> None:
        """End the batch. Raises OSError when files cannot appear; then after all that can."""
        self._each_touched(RollingTables.commit)

    def rollback(self) -> None:
        """Undo the batch."""
        self._each_touched(RollingTables.rollback)

    def finish(self) -> None:
        """Complete the last file of each directory. Raises OSError after the others."""
        self._touched = dict(sorted(self._parts.items()))
        self._each_touched(RollingTables.finish)

    def abort(self) -> None:
        """Leave no unfinished file behind; safe twice."""
        for part in self._parts.values():
            part.abort()
        self._touched = {}

    def _part(self, folder: str) -> RollingTables:
        part = self._parts.pop(folder, None) or self._made(folder)
        self._parts[folder] = self._touched[folder] = part
        return part

    def _made(self, folder: str) -> RollingTables:
        naming = replace(self._naming, directory=_made_below(self._naming.directory, folder))
        return RollingTables(self._stream, naming, self._layout, self._open_file)

    def _keep_few(self) -> None:
        """Bound what is open, and what waits."""
        filled = [folder for folder, part in self._parts.items() if part.is_open]
        for folder in filled[:-OPEN_FILES]:
            self._touched[folder] = self._parts[folder]
            self._parts[folder].complete()
        if sum(self._parts[folder].waiting for folder in filled) > WAITING_ROWS:
            folder = max(filled, key=lambda each: self._parts[each].waiting)
            self._touched[folder] = self._parts[folder]
            self._parts[folder].flush()

    def _each_touched(self, do: Callable[[RollingTables], None]) -> None:
        touched, self._touched = self._touched, {}
        failures = []
        for part in touched.values():
            try:
                do(part)
            except OSError as error:
                failures.append(error)
        if failures:
            raise failures[0]


def existing_folders(directory: Path, partitioning: Partitioning) -> Iterator[Path]:
    """Yield the directories of this partitioning that are there. Raises OSError."""
    folders = [directory]
    for column in partitioning.columns:
        start = folder_start(column)
        folders = [
            below
            for folder in folders
            for below in sorted(folder.iterdir())
            if below.name.startswith(start) and below.is_dir()
        ]
    yield from folders


def _made_below(directory: Path, folder: str) -> Path:
    """Make the directories of a partition, but not the one that they are in. Raises OSError."""
    for part in folder.split("/"):
        directory /= part
        directory.mkdir(exist_ok=True)
    return directory
