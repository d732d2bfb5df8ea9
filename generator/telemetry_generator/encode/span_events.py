"""Events of spans: exceptions where a failure starts, and what applications note."""

from typing import NamedTuple

import numpy as np
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry_generator.draws import I64, below, draw
from telemetry_generator.encode.cells import Cells, fixed64_tag, fold, spread
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.semantics.events import EVENTS, VALUES, event_attributes, event_name
from telemetry_generator.semantics.exceptions import exception_attributes
from telemetry_generator.traces.table import Outcome, SpanTable
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Topology

_EVENTS = 11  # Span.events
_ATTRIBUTES = 3  # Span.Event.attributes
_TIME = fixed64_tag(1)
_HOLE = "time"
_EVENT, _VARIANT = range(2)  # purposes of an event's draws
_NOTED = EVENTS * VALUES  # codes below this are events of applications


class _Events(NamedTuple):
    """Columns of events: the row of the span, the time, and the code of the content."""

    owner: I64
    time: I64
    code: I64


class SpanEvents:
    """All events of spans, in the order of their times."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._contents = LazyFragments(self._render, (_HOLE,))

    def cells(self, table: SpanTable, rows: I64) -> Cells:
        """Return the events of a table's `rows`."""
        places = np.empty(len(table), np.int64)
        places[rows] = np.arange(len(rows))
        events = _joined(_noted(table), self._exceptions(table))
        order = np.lexsort((events.time, places[events.owner]))
        at = places[events.owner[order]]
        index = self._contents.index(events.code[order])
        fill = {_HOLE: events.time[order].astype(np.uint64)}
        contents = Cells.pick(self._contents.table, index, fill)
        owners, of = np.unique(at, return_inverse=True)
        return spread(fold(contents.embed(_EVENTS), of, len(owners)), owners, len(rows))

    def _exceptions(self, table: SpanTable) -> _Events:
        """Return an exception for every span in which a failure starts, after 3/4 of it."""
        failed = np.flatnonzero(table.outcome == Outcome.FAULT)
        start, end = table.start[failed], table.end[failed]
        kinds = table.operation[failed] * len(self._topology.services) + table.service[failed]
        return _Events(failed, start + (end - start) * 3 // 4, _NOTED + kinds)

    def _render(self, code: int) -> Rendered:
        if code < _NOTED:
            number, variant = divmod(code, VALUES)
            return _rendered(event_name(number), event_attributes(number, variant))
        operation, service = divmod(code - _NOTED, len(self._topology.services))
        language = self._topology.services[service].language
        fault = exception_attributes(self._topology.operations[operation], language)
        return _rendered("exception", fault)


def _noted(table: SpanTable) -> _Events:
    """Return the events that applications note, whose name and content are drawn."""
    events = table.events
    number, variant = (
        below(draw(events.key, _EVENT), EVENTS),
        below(draw(events.key, _VARIANT), VALUES),
    )
    return _Events(events.owner, events.time, number * VALUES + variant)


def _joined(left: _Events, right: _Events) -> _Events:
    return _Events(*(np.concatenate(pair) for pair in zip(left, right, strict=True)))


def _rendered(name: str, attributes: Attributes) -> Rendered:
    """Return an event's content with a hole for its time."""
    named = Span.Event(name=name).SerializeToString(deterministic=True)
    data = _TIME + bytes(8) + named + attribute_bytes(_ATTRIBUTES, attributes)
    return Rendered(data, {_HOLE: len(_TIME)})
