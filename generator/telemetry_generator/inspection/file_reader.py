"""Reads a file of a set for inspection: damage ends it, since what follows would be guesses."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic

from telemetry_common.errors import TemplateError
from telemetry_common.signals import Signal
from telemetry_generator.reading.chunks import Chunk, FramingError, chunks_of
from telemetry_generator.reading.mapped import mapped
from telemetry_generator.reading.messages import Decoded, NotOtlpError, decode
from telemetry_generator.reading.progress import Progress
from telemetry_generator.reading.template_set import TemplateSet


@dataclass(slots=True)
class FileReader(Generic[Decoded]):
    """One file, mapped. Its methods raise TemplateError where it is damaged."""

    path: str
    message: type[Decoded]
    progress: Progress
    data: mmap.mmap
    chunks: list[tuple[int, int]] = field(default_factory=list)
    """Where each chunk that was read begins and ends."""

    def messages(self) -> Iterator[Decoded]:
        """Yield the file a few megabytes at a time."""
        self.progress.start(self.path, len(self.data))
        self.chunks.clear()
        try:
            for chunk in chunks_of(self.data):
                self.chunks.append((chunk.offset, chunk.end))
                yield self._decoded(chunk)
                self.progress.at(chunk.end)
        except FramingError as error:
            raise self._damaged(error.offset, error.problem) from None

    def again(self, number: int) -> Decoded:
        """Return one of the chunks once more."""
        start, end = self.chunks[number]
        return self._decoded(Chunk(start, self.data[start:end]))

    def _decoded(self, chunk: Chunk) -> Decoded:
        try:
            return decode(self.message, chunk)
        except NotOtlpError as error:
            raise self._damaged(error.offset, "cannot be decoded as OTLP") from None

    def _damaged(self, offset: int, problem: str) -> TemplateError:
        fix = "see what `validate` says, or generate the set again"
        return TemplateError(f"{self.path}: byte {offset}", problem, fix)


@contextmanager
def open_file(
    template_set: TemplateSet, signal: Signal, message: type[Decoded], progress: Progress
) -> Iterator[FileReader[Decoded]]:
    """Map the file of a signal. Raises TemplateError."""
    path = template_set.path(signal)
    with mapped(path) as data:
        yield FileReader(str(path), message, progress, data)
