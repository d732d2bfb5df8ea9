"""What a sink of files has to know of a format, whatever its files are made of."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from telemetry_sender.files.account import FileAccount
from telemetry_sender.files.data_file import OpenFile
from telemetry_sender.files.naming import Naming


class StreamFiles(Protocol):
    """The files of one stream, none of which appears before it is complete."""

    @property
    def accounts(self) -> list[FileAccount]:
        """The complete files."""
        ...

    @property
    def lost(self) -> int:
        """After `finish`: events that were taken, and that are in no complete file."""
        ...

    def write(self, item: Any, /) -> int:
        """Add to the batch; return the bytes that this makes on disk. Raises OSError.

        Then only `rollback` makes sense.
        """
        ...

    def commit(self) -> None:
        """End the batch: what it completed appears under its names. Raises OSError."""
        ...

    def rollback(self) -> None:
        """Undo the batch, of which nothing was taken."""
        ...

    def finish(self) -> None:
        """Complete the last file, also after `rollback`; safe twice. Raises OSError."""
        ...

    def abort(self) -> None:
        """Leave no unfinished file behind; safe twice."""
        ...


class FileForm(Protocol):
    """How one sink keeps what it is given."""

    @property
    def name(self) -> str:
        """Of the sink."""
        ...

    @property
    def required(self) -> tuple[str, ...]:
        """Streams of which there is a file even if nothing came."""
        ...

    def files(self, stream: str, naming: Naming, open_file: OpenFile) -> StreamFiles:
        """Return the files of a stream, none of which is there yet."""
        ...

    def folders(self, directory: Path) -> Iterable[Path]:
        """Return where files may be: in the directory, and in which of those below. OSError."""
        ...

    def weigh(self, item: Any) -> int:
        """Return how many bytes an item of a payload would take on disk."""
        ...
