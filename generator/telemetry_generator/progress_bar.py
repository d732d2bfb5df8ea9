"""Progress bars on a terminal."""

from typing import Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from telemetry_common.signals import Signal
from telemetry_generator.progress import step_noun


class BarProgress:
    """One bar a signal, gone when the block ends: the summary says it all."""

    def __init__(self, stream: TextIO) -> None:
        self._bars = Progress(
            TextColumn("{task.description:>12}"),
            BarColumn(),
            MofNCompleteColumn(),
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

    def start(self, signal: Signal, expected: int) -> None:
        """Add a bar."""
        self._task = self._bars.add_task(step_noun(signal), total=expected)

    def advance(self, done: int) -> None:
        """Move the newest bar."""
        if self._task is not None:
            self._bars.advance(self._task, done)
