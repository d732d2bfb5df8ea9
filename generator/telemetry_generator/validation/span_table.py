"""The spans of a set as columns: what is needed to tell relations between them, and no more.

A span takes 52 bytes here, and about as many again while relations are looked up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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

    def __len__(self) -> int:
        return len(self.span)

    def mapped(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> "SpanTable":
        """Return the table with each column changed."""
        return SpanTable(*(change(getattr(self, name)) for name in self.__slots__))

    def place(self, row: int) -> str:
        """Return how a span is called in findings."""
        return f"trace {trace_hex(self.trace[row])} span {span_hex(self.span[row])}"


class SpanTableBuilder:
    """Collects tables of spans into one, whose columns grow by doubling.

    Many small arrays, kept between those of decoding, would leave the heap full of holes.
    """

    _FIRST_CAPACITY = 1 << 12

    def __init__(self) -> None:
        words = np.zeros(self._FIRST_CAPACITY, np.uint64)
        pairs = np.zeros((self._FIRST_CAPACITY, 2), np.uint64)
        numbers = np.zeros(self._FIRST_CAPACITY, np.int32)
        empty = SpanTable(pairs, words, words, words, words, numbers)
        self._table = empty.mapped(np.copy)
        self._count = 0

    def add(self, part: SpanTable) -> None:
        """Append some spans."""
        end = self._count + len(part)
        while end > len(self._table):
            self._table = self._table.mapped(_doubled)
        for name in SpanTable.__slots__:
            getattr(self._table, name)[self._count : end] = getattr(part, name)
        self._count = end

    def build(self) -> SpanTable:
        """Return all spans."""
        return self._table.mapped(lambda column: column[: self._count])

    def __len__(self) -> int:
        return self._count


def _doubled(column: NDArray[Any]) -> NDArray[Any]:
    """Return a column with room for as many spans again; room that is not used takes no memory."""
    larger = np.empty((2 * len(column), *column.shape[1:]), column.dtype)
    larger[: len(column)] = column
    return larger


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
