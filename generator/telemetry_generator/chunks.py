"""Chunks: the pieces in which a signal is generated, one after another or side by side."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from telemetry_common.signals import Signal


class Chunk(NamedTuple):
    """A few whole resource messages as bytes; chunks of a signal are valid OTLP when joined."""

    data: bytes
    resources: int
    events: int
    steps: int
    """What progress counts: requests, data points, log records or samples."""
    traces: int = 0
    time_series: int = 0
    rootless: int = 0
    """Traces whose root names a parent that is not in the set."""


class Source(Protocol):
    """Where a signal's chunks come from: each can be made alone, by any process."""

    signal: Signal
    chunks: int
    """Number of chunks."""
    steps: int
    """The steps of all chunks together."""

    def events(self) -> float:
        """Return how many events all chunks have, as exactly as that is known beforehand."""

    def chunk(self, number: int) -> Chunk:
        """Make chunk `number`, 0 .. chunks - 1; the same whenever and wherever it is made."""


Schedule = Callable[[Sequence[Source]], Iterator[tuple[Source, int]]]
"""Says in which order the chunks of all sources are made, as pairs of source and chunk number."""


def one_by_one(sources: Sequence[Source]) -> Iterator[tuple[Source, int]]:
    """Schedule all chunks of the first source, then those of the second, …."""
    for source in sources:
        yield from ((source, number) for number in range(source.chunks))


def segments(sources: Sequence[Source]) -> int:
    """Return into how many segments the chunks of all sources divide: one chunk a signal each."""
    return max((source.chunks for source in sources), default=0)


def of_segment(sources: Sequence[Source], segment: int) -> Iterator[tuple[Source, int]]:
    """Yield the chunks of a segment: of each source, the same share of its chunks."""
    count = segments(sources)
    for source in sources:
        first, last = (source.chunks * at // count for at in (segment, segment + 1))
        yield from ((source, number) for number in range(first, last))


def side_by_side(sources: Sequence[Source]) -> Iterator[tuple[Source, int]]:
    """Schedule the chunks segment by segment, so that all signals advance together."""
    for segment in range(segments(sources)):
        yield from of_segment(sources, segment)


def in_order(source: Source) -> Iterator[Chunk]:
    """Yield all chunks of a source, made one after another in this process."""
    return map(source.chunk, range(source.chunks))
