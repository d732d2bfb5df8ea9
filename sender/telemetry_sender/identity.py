"""Gives the spans and traces of a set their ids in each pass, as words to scatter into a block."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, RunKeys, mix64
from telemetry_common.planning.plan import Indices

_WORD = (1 << 64) - 1
# The odd fraction of 2^64 by the golden ratio, which SplitMix64 steps by: passes stay apart.
_PASS_STEP = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Identity:
    """Ids of a run over a set of `spans` spans in `traces` traces."""

    keys: RunKeys
    spans: int
    traces: int

    def span_ids(self, pass_number: int, index: Indices) -> U64:
        """Return the ids of the spans `index` (m,) in this pass, shape (m,)."""
        counters = index.astype(np.uint64)
        counters += np.uint64(self.keys.span + pass_number * self.spans & _WORD)
        return mix64(counters)

    def trace_ids(self, pass_number: int, index: Indices) -> NDArray[np.complex128]:
        """Return the 16-byte ids of the traces `index` (m,), one element each, shape (m,)."""
        first = pass_number * self.traces
        halves = np.array(
            [self.keys.trace_high + first & _WORD, self.keys.trace_low + first & _WORD], np.uint64
        )
        counters = index.astype(np.uint64)[:, np.newaxis] + halves
        return mix64(counters).view(np.complex128)[:, 0]

    def foreign(self, pass_number: int, words: U64) -> U64:
        """Return new words for ids from outside the set: equal words stay equal in a pass."""
        step = np.uint64(pass_number * _PASS_STEP & _WORD)
        return mix64((words ^ np.uint64(self.keys.foreign)) + step)
