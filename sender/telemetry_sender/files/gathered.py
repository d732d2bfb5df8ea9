"""Records that wait until they are enough to be compressed together."""

from collections.abc import Sequence

import numpy as np

from telemetry_sender.files.chunk import Chunk
from telemetry_sender.records.base import Ends


class Gathered:
    """Chunks in order. They are only ever added, so that its length tells what it held before."""

    def __init__(self, chunks: Sequence[Chunk] = ()) -> None:
        self._chunks = list(chunks)
        self.bytes = sum(len(chunk.data) for chunk in self._chunks)
        self.records = sum(chunk.records for chunk in self._chunks)

    def __len__(self) -> int:
        """Return the number of chunks."""
        return len(self._chunks)

    @property
    def time(self) -> int:
        """When the first of them happened; Unix nanoseconds."""
        return self._chunks[0].time

    @property
    def events(self) -> int:
        """Events that they hold in all."""
        return sum(chunk.events for chunk in self._chunks)

    def add(self, chunk: Chunk) -> None:
        """Add records behind the others."""
        self._chunks.append(chunk)
        self.bytes += len(chunk.data)
        self.records += chunk.records

    def first(self, length: int) -> "Gathered":
        """Return what was here when there were `length` chunks."""
        return Gathered(self._chunks[:length])

    def joined(self) -> tuple[bytes | memoryview, Ends]:
        """Return all records, and where each ends."""
        if len(self._chunks) == 1:
            return self._chunks[0].data, self._chunks[0].ends
        starts = np.cumsum([0, *(len(chunk.data) for chunk in self._chunks)])
        ends = [chunk.ends + start for chunk, start in zip(self._chunks, starts, strict=False)]
        return b"".join(chunk.data for chunk in self._chunks), np.concatenate(ends)

    def split(self, count: int) -> "tuple[Gathered, Gathered]":
        """Return the first `count` records, and the others."""
        before, after = Gathered(), Gathered()
        for chunk in self._chunks:
            if not count:
                after.add(chunk)
                continue
            taken = min(count, chunk.records)
            count -= taken
            head, tail = chunk.split(taken)
            before.add(head)
            if tail.records:
                after.add(tail)
        return before, after
