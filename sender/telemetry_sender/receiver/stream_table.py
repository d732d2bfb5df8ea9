"""Numbers for 64-bit keys: what finds the rows of a stream, however it was written."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_sender.receiver.id_columns import candidates
from telemetry_sender.receiver.occurrences import Indices

UNKNOWN = -1


class StreamTable:
    """A map from keys to numbers; 16 bytes a key."""

    def __init__(self, keys: U64 | None = None) -> None:
        """Begin with `keys`, all different, numbered from 0 on."""
        self._keys = np.zeros(0, np.uint64)
        self._numbers = np.zeros(0, np.intp)
        if keys is not None:
            self.add(keys, np.arange(len(keys)))

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._keys)

    def find(self, keys: U64) -> Indices:
        """Return the number of each key, UNKNOWN where it has none."""
        if not len(self._keys):
            return np.full(len(keys), UNKNOWN, np.intp)
        places = candidates(keys, self._keys)
        return np.where(self._keys[places] == keys, self._numbers[places], UNKNOWN)

    def add(self, keys: U64, numbers: Indices) -> None:
        """Give `numbers` to `keys`, all different and none of them known."""
        if len(keys):
            order = np.argsort(keys)
            places = np.searchsorted(self._keys, keys[order])
            self._keys = np.insert(self._keys, places, keys[order])
            self._numbers = np.insert(self._numbers, places, numbers[order])
