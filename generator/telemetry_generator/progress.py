"""Progress: a live bar on a terminal, one plain line a signal elsewhere. Always on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from telemetry_common.signals import Signal


class Progress(Protocol):
    """What the writer reports to while it works."""

    def start(self, signal: Signal, expected: int) -> None:
        """Begin a signal with so many things to come."""

    def advance(self, done: int) -> None:
        """Count things of the current signal as written."""


class PlainProgress:
    """One line when a signal begins: fit for a log file."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def start(self, signal: Signal, expected: int) -> None:
        """Say what comes."""
        print(f"generating {expected:,} {step_noun(signal)}", file=self._stream, flush=True)

    def advance(self, done: int) -> None:
        """Stay silent."""


class NoProgress:
    """For callers that do not want to know."""

    def start(self, signal: Signal, expected: int) -> None:
        """Stay silent."""

    def advance(self, done: int) -> None:
        """Stay silent."""


def step_noun(signal: Signal) -> str:
    """Return what progress counts: traces, since their spans are not known beforehand."""
    return "traces" if signal is Signal.TRACES else signal.event_noun


@contextmanager
def progress_on(stream: TextIO) -> Iterator[Progress]:
    """Return the progress that suits `stream`: bars on a terminal, otherwise lines."""
    if not stream.isatty():
        yield PlainProgress(stream)
        return
    from telemetry_generator.progress_bar import BarProgress  # noqa: PLC0415 - rich is slow to load

    with BarProgress(stream) as bars:
        yield bars
