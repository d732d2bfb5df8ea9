"""Exemplars: points that name a span of their emitter, one that the metric has measured."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import F64, I64, Bools, chance, draw
from telemetry_generator.metrics import purposes
from telemetry_generator.metrics.definition import Instrument
from telemetry_generator.metrics.emitters import NOBODY
from telemetry_generator.metrics.entities import Moments
from telemetry_generator.metrics.scrapes import Scrapes
from telemetry_generator.metrics.series_table import SeriesTable
from telemetry_generator.metrics.span_pool import NO_ROLE, SpanPool, Wanted
from telemetry_generator.traces.table import SpanTable

_NANOS = {"s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1.0}
"""Nanoseconds in each unit in which durations are measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Exemplars:
    """Exemplars of some points, at most one each, by point; columns of shape (exemplars,)."""

    rows: I64
    """The point that has it."""
    time: I64
    """When the span ended."""
    values: F64
    """What was measured, in the metric's unit, whole where the metric is."""
    counted: Bools
    """Whether it is a measurement besides those that the point has anyway."""
    trace_high: U64
    trace_low: U64
    span_id: U64

    @classmethod
    def none(cls) -> Self:
        """Return no exemplars."""
        rows, words = np.empty(0, np.int64), np.empty(0, np.uint64)
        return cls(rows, rows, np.empty(0), np.empty(0, np.bool_), words, words, words)

    def where(self, keep: Bools) -> "Exemplars":
        """Return some of the exemplars."""
        return Exemplars(
            self.rows[keep],
            self.time[keep],
            self.values[keep],
            self.counted[keep],
            self.trace_high[keep],
            self.trace_low[keep],
            self.span_id[keep],
        )


def find_exemplars(
    series: SeriesTable,
    scrapes: Scrapes,
    moments: Moments,
    wanted: Wanted,
    pool: SpanPool | None,
    per_million: int,
) -> Exemplars:
    """Return exemplars for a share of the points of fitting series, as far as spans fit.

    A duration is that of the span and is counted besides; a counter's exemplar is one of what it
    counts. Other metrics measure what spans do not tell, and have no exemplars.
    """
    fits = (wanted.roles != NO_ROLE) & (wanted.instances != NOBODY)
    if pool is None or not len(pool.table) or not fits.any():
        return Exemplars.none()
    points = scrapes.time.shape[1]
    keys = moments.series_keys().reshape(-1)
    lucky = chance(draw(keys, purposes.EXEMPLAR), per_million)
    rows = np.flatnonzero(np.repeat(fits & _measurable(series), points) & lucky)
    owners = rows // points
    found = pool.find(
        wanted.take(owners),
        scrapes.previous.reshape(-1)[rows],
        scrapes.time.reshape(-1)[rows],
        draw(keys[rows], purposes.SPAN),
    )
    rows, owners, spans = rows[found >= 0], owners[found >= 0], found[found >= 0]
    return _exemplars(series, rows, owners, spans, pool.table)


def _exemplars(
    series: SeriesTable, rows: I64, owners: I64, spans: I64, table: SpanTable
) -> Exemplars:
    traces = table.trace[spans]
    is_counter = _counters(series)[owners]
    durations = (table.end - table.start)[spans] / _nanos(series)[owners]
    is_int = series.flags(lambda metric: metric.is_int)[owners]
    measured = np.where(is_int, np.ceil(durations), np.round(durations, 9))
    return Exemplars(
        rows=rows,
        time=table.end[spans],
        values=np.where(is_counter, 1.0, np.maximum(measured, np.where(is_int, 1.0, 1e-9))),
        counted=~is_counter,
        trace_high=table.trace_high[traces],
        trace_low=table.trace_low[traces],
        span_id=table.span_id[spans],
    )


def _counters(series: SeriesTable) -> Bools:
    return series.flags(lambda metric: metric.instrument is Instrument.COUNTER)


def _measurable(series: SeriesTable) -> Bools:
    return _counters(series) | series.flags(lambda metric: metric.unit in _NANOS)


def _nanos(series: SeriesTable) -> F64:
    return series.floats(lambda metric: _NANOS.get(metric.unit, 1.0))
