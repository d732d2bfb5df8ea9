"""Finds out which template ids mean the same trace and the same span, within and across files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_common.planning.plan import Plan
from telemetry_common.planning.wire import Offsets

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Identities:
    """The traces and spans of a set.

    `trace_high` and `trace_low` are the halves of the T trace ids; `span_trace` and `span_word` are
    the trace and the 8-byte id of the n spans (UNKNOWN and 0 where a span has none).
    """

    trace_high: U64
    trace_low: U64
    span_trace: Offsets
    span_word: U64
    sha256: str
    """Hash of the traces file that they come from; empty for none."""

    @classmethod
    def none(cls) -> "Identities":
        """Return the identities of a set without traces."""
        words, rows = np.empty(0, np.uint64), np.empty(0, np.int64)
        return cls(words, words, rows, words, "")

    @classmethod
    def read(cls, plan: Plan, words: U64) -> "Identities":
        """Return the identities of a planned traces file; `words` are its unaligned words."""
        high, low = np.zeros((2, plan.traces), np.uint64)
        high[plan.trace_id.index] = words[plan.trace_id.offset]
        low[plan.trace_id.index] = words[plan.trace_id.offset + 8]
        span = np.zeros(plan.spans, np.uint64)
        span[plan.span_id.index] = words[plan.span_id.offset]
        return cls(high, low, plan.event_trace.astype(np.int64), span, plan.sha256)

    def find_traces(self, high: U64, low: U64) -> Offsets:
        """Return the index of each trace id (halves of shape (m,)), or UNKNOWN."""
        return match((self.trace_high, self.trace_low), (high, low))

    def find_spans(self, trace: Offsets, word: U64) -> Offsets:
        """Return the index of the first span with each id `word` in its `trace`, or UNKNOWN."""
        found = match((self.span_trace, self.span_word), (trace, word))
        return np.where((trace == UNKNOWN) | (word == 0), UNKNOWN, found)


def first_appearances(high: U64, low: U64) -> tuple[U64, U64]:
    """Return the distinct (high, low) pairs in the order in which they first appear."""
    _, first = np.unique(_joint_rank((high, low)), return_index=True)
    first.sort()
    return high[first], low[first]


Column = U64 | Offsets | NDArray[np.integer[Any]]


def match(table: tuple[Column, ...], query: tuple[Column, ...]) -> Offsets:
    """Return for each row of `query` the first equal row of `table`, or UNKNOWN."""
    size = len(table[0])
    both = [np.concatenate((known, asked)) for known, asked in zip(table, query, strict=True)]
    rank = _joint_rank(both)
    first = np.full(int(rank.max(initial=-1)) + 1, UNKNOWN, np.int64)
    first[rank[:size][::-1]] = np.arange(size - 1, -1, -1)
    return first[rank[size:]]


def _joint_rank(columns: Sequence[Column]) -> Offsets:
    """Return a dense integer for each row, equal exactly where the rows are equal."""
    rank = _rank(columns[0])
    for column in columns[1:]:
        inner = _rank(column)
        rank = _rank(rank * (int(inner.max(initial=0)) + 1) + inner)
    return rank


def _rank(column: Column) -> Offsets:
    return np.unique(column, return_inverse=True)[1].astype(np.int64)
