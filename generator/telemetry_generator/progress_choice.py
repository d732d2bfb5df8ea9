"""Chooses how progress shows: a live bar on a terminal, one plain line a signal elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from telemetry_generator.progress import PlainProgress, Progress


@contextmanager
def progress_on(stream: TextIO) -> Iterator[Progress]:
    """Return the progress that suits `stream`: bars on a terminal, otherwise lines."""
    if not stream.isatty():
        yield PlainProgress(stream)
        return
    from telemetry_generator.progress_bar import BarProgress  # noqa: PLC0415 - rich is slow to load

    with BarProgress(stream) as bars:
        yield bars
