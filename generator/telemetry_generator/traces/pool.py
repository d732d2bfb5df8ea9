"""Pools: some traces of the set, rebuilt, for logs and exemplars to name spans of."""

from collections.abc import Iterable
from typing import NamedTuple

from telemetry_generator.traces.factory import Span, Trace, TraceFactory

_MAX_SPANS = 5_000


class PooledSpan(NamedTuple):
    """A span and the trace that it belongs to."""

    trace: Trace
    span: Span


def pool_spans(factory: TraceFactory, numbers: Iterable[int]) -> list[PooledSpan]:
    """Return the spans of these traces, until there are plenty: giant traces must not pile up."""
    pool: list[PooledSpan] = []
    for number in numbers:
        trace = factory.trace(number)
        pool.extend(PooledSpan(trace, span) for span in trace.spans)
        if len(pool) >= _MAX_SPANS:
            break
    return pool
