"""The complete files of one stream: how they get their names, and what the report says of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from telemetry_sender.files.account import FileAccount
from telemetry_sender.files.data_file import put_on_disk


class SealedFile(Protocol):
    """A file that is all on disk, and has no name yet."""

    @property
    def events(self) -> int:
        """Events that it holds."""
        ...

    def publish(self) -> None:
        """Give it its name. Raises OSError."""
        ...

    def discard(self) -> None:
        """Remove it, as far as that is possible, unless it has its name."""
        ...

    def account(self, stream: str) -> FileAccount:
        """Return what the report says about it once it has its name."""
        ...


class CompleteFiles:
    """Files that have their names, and what they hold."""

    def __init__(self, stream: str, directory: Path) -> None:
        self.accounts: list[FileAccount] = []
        """One for each, in order."""
        self.events = 0
        """In all of them."""
        self._stream = stream
        self._directory = directory

    def publish(self, sealed: Sequence[SealedFile]) -> None:
        """Give files their names. Raises OSError: then those that have none yet are removed."""
        try:
            for file in sealed:
                file.publish()
                self.accounts.append(file.account(self._stream))
                self.events += file.events
            if sealed:
                put_on_disk(self._directory)
        except OSError:
            for file in sealed:
                file.discard()
            raise
