"""A progress bar on a terminal, gone when the reading ends."""

from typing import Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)


class BarProgress:
    """One bar a file."""

    def __init__(self, stream: TextIO) -> None:
        self._bars = Progress(
            TextColumn("{task.description:>24}", markup=False),
            BarColumn(),
            DownloadColumn(binary_units=True),
            TimeRemainingColumn(),
            console=Console(file=stream),
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def start(self, what: str, size: int) -> None:
        """Add a bar."""
        self._task = self._bars.add_task(what, total=size)

    def at(self, offset: int) -> None:
        """Move the newest bar."""
        if self._task is not None:
            self._bars.update(self._task, completed=offset)
