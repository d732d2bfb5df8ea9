"""Spans to name as exemplars: of a few requests, found by who emitted them and what they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, draw, entity_keys
from telemetry_generator.metrics.definition import Instrument, MetricDefinition, SpanRole
from telemetry_generator.metrics.series import NO_OPERATION, MetricSeries
from telemetry_generator.metrics.series_table import SeriesTable
from telemetry_generator.traces.table import Kind, Outcome, SpanTable
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Protocol as Invocation
from telemetry_generator.world.model import Topology

_PROTOCOLS = tuple(Invocation)
_KINDS = max(Kind) + 1
_ROLES = len(_PROTOCOLS) * _KINDS
NO_ROLE = -1
"""Stands for the role of spans that are examples of a metric, where none are."""

_ANY, _GOOD, _BAD = range(3)  # which outcomes of a span fit
_STATUS = "http.response.status_code"

_REQUESTS = 128
_SHARED = 8  # chunks that look at the same requests
_FIRST_REQUEST = 0  # purpose of a draw


class SpanSource(Protocol):
    """Where spans come from: any request can be made again, alone."""

    @property
    def requests(self) -> int:
        """Number of requests in the set."""

    def table(self, first: int, count: int) -> SpanTable:
        """Return the spans of requests `first` .. `first + count - 1`."""


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Which spans fit some series; columns of shape (n,)."""

    instances: I64
    roles: I64
    """NO_ROLE for metrics that have no exemplars."""
    operations: I64
    """The operation that a series is about, or NO_OPERATION."""
    outcomes: I64
    """Whether a series is about what went well, about what failed, or both."""

    def take(self, rows: I64) -> "Wanted":
        """Return what fits some of the series."""
        return Wanted(
            self.instances[rows], self.roles[rows], self.operations[rows], self.outcomes[rows]
        )


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
        series.integers(_wanted_role),
        np.concatenate([_operations(part) for part in series.parts]),
        np.concatenate([_outcomes(part) for part in series.parts]),
    )


class SpanPool:
    """Spans in order of instance, role, operation, outcome and time of their end."""

    def __init__(self, table: SpanTable, topology: Topology, horizon_nanos: int) -> None:
        self.table = table
        self._operations = len(topology.operations)
        self._stride = horizon_nanos + 1
        codes, rows = self._all_codes(table, topology)
        self._known, rank = np.unique(codes, return_inverse=True)
        stamps = rank * self._stride + table.end[rows]
        order = np.argsort(stamps, kind="stable")
        self._stamps, self._rows = stamps[order], rows[order]

    def find(self, wanted: Wanted, after: I64, until: I64, draws: U64) -> I64:
        """Return for each wish a span that ended after one time, and not later than another.

        The result is a row of the table, -1 where there is none; all shapes are (wishes,).
        """
        codes = self._codes(wanted)
        rank = np.minimum(np.searchsorted(self._known, codes), len(self._known) - 1)
        low = np.searchsorted(self._stamps, rank * self._stride + after, side="right")
        high = np.searchsorted(self._stamps, rank * self._stride + until, side="right")
        count = np.where(self._known[rank] == codes, high - low, 0)
        chosen = low + below(draws, np.maximum(count, 1))
        found = self._rows[np.minimum(chosen, len(self._rows) - 1)]
        return np.where(count > 0, found, -1)

    def _all_codes(self, table: SpanTable, topology: Topology) -> tuple[I64, I64]:
        """Return every code under which a span can be wanted, and the row of that span."""
        protocols = [_role_protocol(operation.protocol) for operation in topology.operations]
        roles = np.array(protocols, np.int64)[table.operation] * _KINDS + table.kind
        size = len(table)
        operations = (np.full(size, NO_OPERATION), table.operation)
        outcomes = (np.full(size, _ANY), np.where(table.outcome == Outcome.OK, _GOOD, _BAD))
        codes = [
            self._codes(Wanted(table.instance, roles, operation, outcome))
            for operation, outcome in product(operations, outcomes)
        ]
        return np.concatenate(codes), np.tile(np.arange(size), len(codes))

    def _codes(self, wanted: Wanted) -> I64:
        place = wanted.instances * _ROLES + wanted.roles
        return (place * (self._operations + 1) + wanted.operations + 1) * 3 + wanted.outcomes


class SpanPools:
    """The pool of each chunk; some chunks in a row share one, and the last one made is kept."""

    def __init__(
        self, source: SpanSource, topology: Topology, seed: int, horizon_nanos: int
    ) -> None:
        self._source = source
        self._topology = topology
        self._seed = seed
        self._horizon_nanos = horizon_nanos
        self._last: tuple[int, SpanPool] | None = None

    def pool(self, chunk: int) -> SpanPool:
        """Return the spans of some requests in a row: a pure function of the chunk's number."""
        number = chunk // _SHARED
        if self._last is None or self._last[0] != number:
            self._last = (number, self._made(number))
        return self._last[1]

    def _made(self, number: int) -> SpanPool:
        requests = min(_REQUESTS, self._source.requests)
        key = entity_keys(self._seed, "exemplars", np.array([number]))
        first = below(draw(key, _FIRST_REQUEST), self._source.requests - requests + 1)
        table = self._source.table(int(first[0]), requests)
        return SpanPool(table, self._topology, self._horizon_nanos)


def _wanted_role(metric: MetricDefinition) -> int:
    return _role(metric.exemplars) if metric.exemplars and takes_exemplars(metric) else NO_ROLE


def _role(role: SpanRole) -> int:
    return _role_protocol(role.protocol) * _KINDS + role.kind


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


def _outcomes(part: MetricSeries) -> I64:
    """Return which outcomes each series is about."""
    if takes_exemplars(part.definition):
        for column in part.columns:
            options = column.dimension.options
            if any(_tells_outcome(option) for option in options):
                return np.array(_fitting(options), np.int64)[column.index]
    return np.full(len(part), _ANY)


def _fitting(options: Sequence[Attributes]) -> list[int]:
    return [_BAD if _is_bad(option) else _GOOD for option in options]


def _tells_outcome(option: Attributes) -> bool:
    return any(key in ("error.type", _STATUS) for key, _ in option)


def _is_bad(option: Attributes) -> bool:
    said = dict(option)
    return "error.type" in said or int(str(said.get(_STATUS, 0))) >= 400
