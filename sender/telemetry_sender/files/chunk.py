"""Runs of whole records on their way into files, cut only between records."""

from dataclasses import dataclass

import numpy as np

from telemetry_sender.records.base import Ends, Records


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole records, n of them, one behind another."""

    data: bytes | memoryview
    ends: Ends
    """Where each ends in `data`, shape (n,)."""
    time: int
    """When the batch began that they are of; Unix nanoseconds."""
    events: int

    @property
    def records(self) -> int:
        """How many there are."""
        return len(self.ends)

    def until(self, size: int) -> int:
        """Return how many of the first records it takes to make `size` bytes, or all of them."""
        return min(int(np.searchsorted(self.ends, size)) + 1, self.records)

    def split(self, count: int) -> "tuple[Chunk, Chunk]":
        """Return the first `count` records, and the others.

        Events are divided as records are: that is exact where a record is one event.
        """
        at = int(self.ends[count - 1]) if count else 0
        events = self.events * count // self.records if count else 0
        data = memoryview(self.data)
        return (
            Chunk(data[:at], self.ends[:count], self.time, events),
            Chunk(data[at:], self.ends[count:] - at, self.time, self.events - events),
        )


def chunk_of(records: Records) -> Chunk:
    """Return the records of a batch."""
    return Chunk(records.data, records.ends, records.time, records.events)
