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

_STEPS = 200


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
        self._step = 1
        self._pending = 0

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._bars.stop()

    def start(self, signal: Signal, expected: int) -> None:
        """Add a bar."""
        self._flush()
        self._task = self._bars.add_task(step_noun(signal), total=expected)
        self._step = max(1, expected // _STEPS)

    def advance(self, done: int) -> None:
        """Move the newest bar, a visible step at a time: each move costs more than a trace."""
        self._pending += done
        if self._pending >= self._step:
            self._flush()

    def _flush(self) -> None:
        if self._task is not None:
            self._bars.advance(self._task, self._pending)
        self._pending = 0
