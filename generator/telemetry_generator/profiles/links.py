"""The spans that samples name: a few, spread over all traces, since every request carries them."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, draw
from telemetry_generator.profiles.purposes import Purpose
from telemetry_generator.traces.table import Kind, SpanTable

NONE = -1
"""The link of a sample that names no span, and the group of a profile that names none."""

_BLOCKS = 32
_SPANS_PER_LINK = 4  # spans looked at for each that is taken
_FEWEST_REQUESTS = 4
# While a thread waits for a call, another service works.
_WORKING = (Kind.SERVER, Kind.INTERNAL, Kind.CONSUMER)


class Requests(Protocol):
    """The requests of a set, whose spans can be made again: see `TraceFactory`."""

    @property
    def requests(self) -> int:
        """Number of requests in the set."""

    @property
    def typical_spans(self) -> float:
        """Spans of a request, on average."""

    def table(self, first: int, count: int) -> SpanTable:
        """Return the spans of requests `first .. first + count - 1`."""


@dataclass(frozen=True, slots=True, eq=False)
class LinkedSpans:
    """Spans to name, shape (n,), ascending by instance, request and trace.

    Those of one instance and trace are a group: a profile names spans of one group, so that its
    time can contain them all.
    """

    instance: I64
    request: I64
    operation: I64
    start: I64
    end: I64
    trace_start: I64
    """When the whole trace begins."""
    trace_end: I64
    trace_high: U64
    trace_low: U64
    span_id: U64

    @classmethod
    def of(cls, traces: Requests | None, count: int) -> Self:
        """Choose up to `count` spans of all instances alike, from the whole length of the set."""
        blocks = _blocks(traces, count) if traces and traces.requests and count else []
        if not blocks:
            none, no_words = np.empty(0, np.int64), np.empty(0, np.uint64)
            return cls(*(none,) * 7, no_words, no_words, no_words)
        columns = {
            name: np.concatenate([getattr(block, name) for block in blocks])
            for name in cls.__dataclass_fields__
        }
        keys = ("span_id", "trace_low", "trace_high", "request", "instance")
        order = np.lexsort([columns[name] for name in keys])
        return cls(**{name: column[order] for name, column in columns.items()})

    def __len__(self) -> int:
        return len(self.span_id)

    def groups(self) -> I64:
        """Return where each group begins, and the end of the last; shape (groups + 1,)."""
        if not len(self):
            return np.zeros(1, np.int64)
        columns = (self.instance, self.request, self.trace_high, self.trace_low)
        changes = [column[1:] != column[:-1] for column in columns]
        starts = 1 + np.flatnonzero(np.logical_or.reduce(changes))
        return np.concatenate(([0], starts, [len(self)]))


def _blocks(traces: Requests, count: int) -> list[LinkedSpans]:
    """Return spans from some blocks of requests, spread evenly."""
    blocks = min(_BLOCKS, traces.requests, count)
    found = []
    for block in range(blocks):
        first = block * traces.requests // blocks
        wanted = (block + 1) * count // blocks - block * count // blocks
        size = max(_FEWEST_REQUESTS, round(wanted * _SPANS_PER_LINK / traces.typical_spans))
        until = (block + 1) * traces.requests // blocks
        spans = traces.table(first, min(size, until - first))
        found.append(_select(spans, _choose(spans, wanted)))
    return found


def _choose(spans: SpanTable, count: int) -> I64:
    """Return up to `count` rows: one of each instance at random, then a second of each, …."""
    rows = np.flatnonzero(np.isin(spans.kind, _WORKING) & (spans.end > spans.start))
    luck = draw(spans.key[rows], Purpose.SPAN)
    by_instance = np.lexsort((luck, spans.instance[rows]))
    owners = spans.instance[rows[by_instance]]
    rank = np.arange(len(rows)) - np.searchsorted(owners, owners)
    chosen = np.lexsort((luck[by_instance], rank))[:count]
    taken: I64 = rows[by_instance[chosen]]
    return taken


def _select(spans: SpanTable, rows: I64) -> LinkedSpans:
    trace = spans.trace[rows]
    starts = np.searchsorted(spans.trace, np.arange(len(spans.trace_high)))
    return LinkedSpans(
        instance=spans.instance[rows],
        request=spans.request[rows],
        operation=spans.operation[rows],
        start=spans.start[rows],
        end=spans.end[rows],
        trace_start=np.minimum.reduceat(spans.start, starts)[trace],
        trace_end=np.maximum.reduceat(spans.end, starts)[trace],
        trace_high=spans.trace_high[trace],
        trace_low=spans.trace_low[trace],
        span_id=spans.span_id[rows],
    )
