"""Exemplars: points that name a span of their emitter, one that the metric has measured."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import F64, I64, Bools, below, chance, draw
from telemetry_generator.metrics import purposes
from telemetry_generator.metrics.definition import Instrument, MetricDefinition, SpanRole
from telemetry_generator.metrics.emitters import NOBODY
from telemetry_generator.metrics.entities import Moments
from telemetry_generator.metrics.scrapes import Scrapes
from telemetry_generator.metrics.series import NO_OPERATION, MetricSeries
from telemetry_generator.metrics.series_table import SeriesTable
from telemetry_generator.traces.table import Kind, SpanTable
from telemetry_generator.world.model import Protocol as Invocation
from telemetry_generator.world.model import Topology

_PROTOCOLS = tuple(Invocation)
_KINDS = max(Kind) + 1
_ROLES = len(_PROTOCOLS) * _KINDS
_NO_ROLE = -1

_NANOS = {"s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1.0}
"""Nanoseconds in each unit in which durations are measured."""


class SpanSource(Protocol):
    """Where spans come from: any request can be made again, alone."""

    @property
    def requests(self) -> int:
        """Number of requests in the set."""

    def table(self, first: int, count: int) -> SpanTable:
        """Return the spans of requests `first` .. `first + count - 1`."""


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


class SpanPool:
    """Spans of a few requests, found by instance, role, operation and time of their end."""

    def __init__(self, table: SpanTable, topology: Topology, horizon_nanos: int) -> None:
        self.table = table
        self._operations = len(topology.operations)
        self._stride = horizon_nanos + 1
        protocols = [_role_protocol(operation.protocol) for operation in topology.operations]
        role = np.array(protocols, np.int64)[table.operation] * _KINDS + table.kind
        any_code = self._codes(table.instance, role, np.full(len(table), NO_OPERATION))
        codes = np.concatenate((any_code, any_code + table.operation + 1))
        rows = np.tile(np.arange(len(table)), 2)
        self._known, rank = np.unique(codes, return_inverse=True)
        stamps = rank * self._stride + table.end[rows]
        order = np.argsort(stamps, kind="stable")
        self._stamps, self._rows = stamps[order], rows[order]

    def find(self, wanted: "Wanted", after: I64, until: I64, draws: U64) -> I64:
        """Return for each wish a span that ended after one time, and not later than another.

        The result is a row of the table, -1 where there is none; all shapes are (wishes,).
        """
        codes = self._codes(wanted.instances, wanted.roles, wanted.operations)
        rank = np.minimum(np.searchsorted(self._known, codes), len(self._known) - 1)
        low = np.searchsorted(self._stamps, rank * self._stride + after, side="right")
        high = np.searchsorted(self._stamps, rank * self._stride + until, side="right")
        count = np.where(self._known[rank] == codes, high - low, 0)
        chosen = low + below(draws, np.maximum(count, 1))
        found = self._rows[np.minimum(chosen, len(self._rows) - 1)]
        return np.where(count > 0, found, -1)

    def _codes(self, instances: I64, roles: I64, operations: I64) -> I64:
        place = instances * _ROLES + roles
        return place * (self._operations + 1) + operations + 1


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Which spans fit some series; columns of shape (n,)."""

    instances: I64
    roles: I64
    """_NO_ROLE for metrics that have no exemplars."""
    operations: I64
    """The operation that a series is about, or NO_OPERATION."""

    def take(self, rows: I64) -> "Wanted":
        """Return what fits some of the series."""
        return Wanted(self.instances[rows], self.roles[rows], self.operations[rows])


def takes_exemplars(metric: MetricDefinition) -> bool:
    """Return whether points of this metric may have exemplars."""
    return metric.exemplars is not None and metric.instrument in (
        Instrument.COUNTER,
        Instrument.HISTOGRAM,
        Instrument.EXPONENTIAL,
    )


def wanted_spans(series: SeriesTable, instances: I64) -> Wanted:
    """Return which spans fit each series; `instances` has that of each emitter."""
    return Wanted(
        instances[series.emitters],
        series.integers(
            lambda metric: _role(metric.exemplars) if takes_exemplars(metric) else _NO_ROLE
        ),
        np.concatenate([_operations(part) for part in series.parts]),
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
    fits = (wanted.roles != _NO_ROLE) & (wanted.instances != NOBODY)
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


def _role(role: SpanRole | None) -> int:
    return _NO_ROLE if role is None else _role_protocol(role.protocol) * _KINDS + role.kind


def _role_protocol(protocol: Invocation) -> int:
    """Return the number of a protocol; metrics of databases are about caches as well."""
    is_cache = protocol is Invocation.CACHE
    return _PROTOCOLS.index(Invocation.DATABASE if is_cache else protocol)


def _operations(part: MetricSeries) -> I64:
    """Return the operation that each series is about."""
    for column in part.columns:
        if column.dimension.operations is not None:
            return column.dimension.operations[column.index]
    return np.full(len(part), NO_OPERATION)
