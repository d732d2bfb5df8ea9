"""Generates a set into a pipe: nothing is stored, and a sender at its other end sends it on.

The stream is cut into segments in which all signals advance together, so that whoever reads it
needs a few megabytes of each at a time, however large the set is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

from telemetry_common.errors import UsageError
from telemetry_common.stream import StreamWriter
from telemetry_common.units import format_size
from telemetry_generator.chunks import Chunk, Source, of_segment, segments, side_by_side
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.sources import make_sources
from telemetry_generator.workers import running_workers

Say = Callable[[str], None]


def stream(config: GeneratorConfig, processes: int | None, file: BinaryIO, say: Say) -> None:
    """Write the set of `config` to `file` as a stream; `say` prints a line when it is done.

    A reader that has closed its end is done: the rest is not made. Raises UsageError for a
    terminal, RunError and OSError while it is written.
    """
    if file.isatty():
        fix = "pipe it: telemetry-generator … --stream | telemetry-sender …"
        raise UsageError("--stream", "standard output is a terminal", fix)
    sources = make_sources(config)
    with _making(config, sources, processes or 1) as chunks:
        try:
            size = _write(
                sources, chunks, StreamWriter(file, [source.signal for source in sources])
            )
        except BrokenPipeError:
            say("the reader has enough: the rest of the stream was not made")
            return
    say(f"streamed {segments(sources):,} segments, {format_size(size)}")


@contextmanager
def _making(
    config: GeneratorConfig, sources: Sequence[Source], processes: int
) -> Iterator[Iterator[Chunk]]:
    """Yield all chunks, made by this process or by several others, in the order of the stream."""
    if processes == 1:
        yield (source.chunk(number) for source, number in side_by_side(sources))
        return
    with running_workers(partial(make_sources, config), processes, side_by_side) as workers:
        yield (workers.take() for _ in side_by_side(sources))


def _write(sources: Sequence[Source], chunks: Iterator[Chunk], writer: StreamWriter) -> int:
    """Write all segments; return the bytes of their signals."""
    size = 0
    for segment in range(segments(sources)):
        for source, _ in of_segment(sources, segment):
            data = next(chunks).data
            writer.piece(source.signal, data)
            size += len(data)
        writer.end_segment()
    writer.end()
    return size
