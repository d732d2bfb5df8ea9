"""From when the offsets of a trace count: the earliest start that one of its spans has."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64

TEMPLATE_EPOCH = 1
"""Start of a trace none of whose spans has a time: 1, because protobuf leaves zeros out."""

TraceIds = NDArray[np.bytes_]


@dataclass(frozen=True, slots=True)
class Epochs:
    """The earliest start (t,) of each trace (t,) that has one; ids are in rising order."""

    trace_id: TraceIds
    start: U64

    @classmethod
    def earliest(cls, trace_id: TraceIds, start: U64) -> "Epochs":
        """Return the epochs of spans with these traces and starts, both of shape (n,)."""
        found, row = np.unique(trace_id, return_inverse=True)
        first = np.full(len(found), np.iinfo(np.uint64).max, np.uint64)
        np.minimum.at(first, row, start)
        return cls(found, first)

    @classmethod
    def merged(cls, parts: Iterable["Epochs"]) -> "Epochs":
        """Return the epochs of all spans, from those of parts of them."""
        nothing = cls(np.empty(0, "S16"), np.empty(0, np.uint64))
        each = [nothing, *parts]
        ids = np.concatenate([part.trace_id for part in each])
        return cls.earliest(ids, np.concatenate([part.start for part in each]))

    def of(self, trace_id: TraceIds) -> U64:
        """Return the epoch of each of these traces, shape (m,)."""
        epoch = np.full(len(trace_id), TEMPLATE_EPOCH, np.uint64)
        if len(self.trace_id):
            place = np.minimum(np.searchsorted(self.trace_id, trace_id), len(self.trace_id) - 1)
            known = self.trace_id[place] == trace_id
            epoch[known] = self.start[place[known]]
        return epoch
