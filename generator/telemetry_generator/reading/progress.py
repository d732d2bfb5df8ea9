"""How far a long reading is: bytes of the file at hand, on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO


class Progress(Protocol):
    """What a reader reports to while it works."""

    def start(self, what: str, size: int) -> None:
        """Begin a file, or another pass over it, of so many bytes."""

    def at(self, offset: int) -> None:
        """Say up to which byte the file is done."""


class PlainProgress:
    """One line when a large file begins: fit for a log file."""

    _WORTH_A_LINE = 64 << 20

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def start(self, what: str, size: int) -> None:
        """Say what comes, if it takes a while."""
        if size >= self._WORTH_A_LINE:
            print(f"reading {what}, {size >> 20:,} MB", file=self._stream, flush=True)

    def at(self, offset: int) -> None:
        """Stay silent."""


@contextmanager
def progress_on(stream: TextIO) -> Iterator[Progress]:
    """Return the progress that suits `stream`: a bar on a terminal, otherwise lines."""
    if not stream.isatty():
        yield PlainProgress(stream)
        return
    from telemetry_generator.reading.progress_bar import BarProgress  # noqa: PLC0415 - rich is slow

    with BarProgress(stream) as bar:
        yield bar
