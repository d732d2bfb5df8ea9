"""Chunks: the pieces in which a signal is generated, one after another or side by side."""

from collections.abc import Iterator
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


def in_order(source: Source) -> Iterator[Chunk]:
    """Yield all chunks of a source, made one after another in this process."""
    return map(source.chunk, range(source.chunks))
