"""A source that worker processes can make for themselves: they import this module by its name."""

import os
from collections.abc import Sequence

from telemetry_common.signals import Signal
from telemetry_generator.chunks import Chunk, Source


class NumberedChunks:
    """Chunks that hold their own number, over and over; chunk `broken` cannot be made."""

    def __init__(self, signal: Signal, chunks: int, chunk_bytes: int, broken: int = -1) -> None:
        self.signal = signal
        self.chunks = chunks
        self.steps = chunks
        self._bytes = chunk_bytes
        self._broken = broken

    def events(self) -> float:
        return 10 * self.chunks

    def chunk(self, number: int) -> Chunk:
        if number == self._broken:
            os._exit(7)  # as if the system had killed the process
        data = f"{self.signal} {number};".encode()
        return Chunk((data * self._bytes)[: self._bytes], 1, 10, 1, traces=number)


def numbered(chunks: int = 20, chunk_bytes: int = 200_000, broken: int = -1) -> Sequence[Source]:
    return [
        NumberedChunks(Signal.TRACES, chunks, chunk_bytes, broken),
        NumberedChunks(Signal.LOGS, 3, chunk_bytes),
    ]
