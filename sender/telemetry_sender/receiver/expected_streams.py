"""The streams of a template file: how many events of each there are in one pass."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_sender.receiver.occurrences import Indices


@dataclass(frozen=True, slots=True)
class ExpectedStreams:
    """Different streams, by the order of their first events; 24 bytes each.

    `first_event` is the place of a stream's first event in the file, `copies` how many it has.
    """

    keys: U64
    first_event: Indices
    copies: NDArray[np.int64]

    @property
    def events(self) -> int:
        """Number of events in one pass."""
        return int(self.copies.sum())

    @classmethod
    def of(cls, chunks: Iterable[U64]) -> "ExpectedStreams":
        """Return the streams of a file, from the canonical key of every event, in chunks."""
        keys = np.concatenate([np.zeros(0, np.uint64), *chunks])
        different, first, copies = np.unique(keys, return_index=True, return_counts=True)
        order = np.argsort(first)
        return cls(different[order], first[order], copies[order].astype(np.int64))
