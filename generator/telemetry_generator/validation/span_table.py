"""The spans of a set as columns: what is needed to tell relations between them, and no more.

A span takes 52 bytes here, and about as many again while relations are looked up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_generator.reading.ids import Lookup, span_hex, span_keys, trace_hex, trace_keys

NOT_FOUND = -1


@dataclass(frozen=True, slots=True)
class SpanTable:
    """n spans in file order. Zero stands for an id that is not set or not valid."""

    trace: U64
    """Trace ids, shape (n, 2)."""
    span: U64
    parent: U64
    start: U64
    end: U64
    service: NDArray[np.int32]
    """Number of the service that each span stands under."""

    @classmethod
    def joined(cls, parts: Sequence["SpanTable"]) -> "SpanTable":
        """Return the parts one after another."""
        columns = ([getattr(part, name) for part in parts] for name in cls.__slots__)
        return cls(*map(np.concatenate, columns)) if parts else cls.empty()

    @classmethod
    def empty(cls) -> "SpanTable":
        """Return a table without spans."""
        words = np.empty(0, np.uint64)
        return cls(np.empty((0, 2), np.uint64), words, words, words, words, np.empty(0, np.int32))

    def __len__(self) -> int:
        return len(self.span)

    def place(self, row: int) -> str:
        """Return how a span is called in findings."""
        return f"trace {trace_hex(self.trace[row])} span {span_hex(self.span[row])}"


class SpanIndex:
    """Finds the spans that links, logs, exemplars and samples name."""

    def __init__(self, table: SpanTable) -> None:
        self.table = table
        self._spans = Lookup(span_keys(table.trace, table.span))
        self._traces = np.unique(trace_keys(table.trace))

    @property
    def traces(self) -> int:
        """Number of distinct traces."""
        return int(np.count_nonzero(self._traces))

    def find(self, trace: U64, span: U64) -> NDArray[np.int64]:
        """Return the row of the span that each pair of ids names, NOT_FOUND for none."""
        rows = self._spans.find(span_keys(trace, span))
        rows[span == 0] = NOT_FOUND
        return rows

    def unresolved(self, trace: U64, span: U64) -> NDArray[np.bool_]:
        """Tell which references name nothing: no such span or, where no span is named, trace."""
        lost: NDArray[np.bool_] = (self.find(trace, span) == NOT_FOUND) & (span != 0)
        keys = trace_keys(trace)
        lost |= (span == 0) & (keys != 0) & ~np.isin(keys, self._traces)
        return lost
