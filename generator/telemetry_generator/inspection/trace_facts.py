"""The traces as a whole: how many, how long, how deep, how many failed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.inspection.kinds import kind_name
from telemetry_generator.inspection.latency import histogram, latency_of
from telemetry_generator.inspection.model import TraceFacts
from telemetry_generator.inspection.span_columns import Rows, SpanColumns
from telemetry_generator.reading.ids import Lookup, span_keys_of

_DEEPEST = 10_000


@dataclass(frozen=True, slots=True)
class TraceTable:
    """The traces of some spans, one row each; `member` is the trace of each span."""

    trace: U64
    member: Rows
    spans: Rows
    failed: Rows
    """Number of failed spans."""
    begin: U64
    duration: U64
    services: Rows
    """Number of services that take part."""

    @classmethod
    def of(cls, spans: SpanColumns) -> "TraceTable":
        """Return the traces of `spans`."""
        trace, member = np.unique(spans.trace, return_inverse=True)
        begin = np.full(len(trace), np.iinfo(np.uint64).max, np.uint64)
        end = np.zeros(len(trace), np.uint64)
        np.minimum.at(begin, member, spans.start)
        np.maximum.at(end, member, spans.end)
        pairs = np.unique(member * (int(spans.service.max()) + 1) + spans.service)
        return cls(
            trace=trace,
            member=member,
            spans=np.bincount(member),
            failed=np.bincount(member[spans.failed], minlength=len(trace)),
            begin=begin,
            duration=np.where(end > begin, end - begin, 0).astype(np.uint64),
            services=np.bincount(pairs // (int(spans.service.max()) + 1)),
        )


def trace_facts(
    spans: SpanColumns, table: TraceTable, kinds: Mapping[int, int], total: int, share: float
) -> TraceFacts:
    """Return the facts; `total` is the number of all spans, `share` that of sampled traces."""
    sizes = np.sort(table.spans)
    return TraceFacts(
        traces=round(len(table.trace) / share),
        spans=total,
        errors=round(int(np.count_nonzero(table.failed)) / share),
        spans_per_trace=(int(sizes[0]), int(sizes[len(sizes) // 2]), int(sizes[-1])),
        depth=depth_of(spans),
        duration=latency_of(table.duration),
        durations=histogram(table.duration, 1 / share),
        kinds={kind_name(kind): count for kind, count in sorted(kinds.items())},
        sampled=share,
    )


def depth_of(spans: SpanColumns) -> int:
    """Return the most spans from a root to a leaf; spans in a cycle count as endless, and stop."""
    lookup = Lookup(span_keys_of(spans.trace, spans.span))
    parent = lookup.find(span_keys_of(spans.trace, spans.parent))
    parent[spans.parent == 0] = -1
    walking: Rows = np.arange(len(spans))
    depth = 0
    while len(walking) and depth < min(len(spans), _DEEPEST):
        depth += 1
        above = parent[walking]
        walking = above[above >= 0]
        walking = np.unique(walking)
    return depth
