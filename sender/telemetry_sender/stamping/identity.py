"""Gives spans, traces and profiles their ids in each pass, as words to scatter into a block."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, RunKeys, mix64
from telemetry_common.planning.plan import Column, Indices

_WORD = (1 << 64) - 1
# The odd fraction of 2^64 by the golden ratio, which SplitMix64 steps by: passes stay apart.
_PASS_STEP = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True)
class Identity:
    """Ids of a run over a set of `spans` spans in `traces` traces.

    `profiles` is how many numbers its profiles take in a pass: see `profile_ids`.
    """

    keys: RunKeys
    spans: int
    traces: int
    profiles: int = 0

    def span_ids(self, pass_number: int, index: Indices) -> U64:
        """Return the ids of the spans `index` (m,) in this pass, shape (m,)."""
        counters = index.astype(np.uint64)
        counters += np.uint64(self.keys.span + pass_number * self.spans & _WORD)
        return mix64(counters)

    def trace_ids(self, pass_number: int, index: Indices) -> NDArray[np.complex128]:
        """Return the 16-byte ids of the traces `index` (m,), one element each, shape (m,)."""
        first = pass_number * self.traces
        return _wide_ids(self.keys.trace_high + first, self.keys.trace_low + first, index)

    def profile_ids(self, pass_number: int, number: Column) -> NDArray[np.complex128]:
        """Return the 16-byte ids of profiles or parts of them, one element each, shape (m,).

        The `number` (m,) of one is how many profiles and samples come before it in the file, so
        that the parts of a profile that is cut have ids of their own.
        """
        first = pass_number * self.profiles
        return _wide_ids(self.keys.profile_high + first, self.keys.profile_low + first, number)

    def foreign(self, pass_number: int, words: U64) -> U64:
        """Return new words for ids from outside the set: equal words stay equal in a pass."""
        step = np.uint64(pass_number * _PASS_STEP & _WORD)
        return mix64((words ^ np.uint64(self.keys.foreign)) + step)


def _wide_ids(high: int, low: int, index: Column) -> NDArray[np.complex128]:
    halves = np.array([high & _WORD, low & _WORD], np.uint64)
    counters = index.astype(np.uint64)[:, np.newaxis] + halves
    return mix64(counters).view(np.complex128)[:, 0]
