"""Turns what a walk found into a plan: which trace, which span and which clock each slot has."""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_common.planning.identities import UNKNOWN, Identities, first_appearances
from telemetry_common.planning.layout import UNIT_LEVEL, Role
from telemetry_common.planning.plan import Indices, Level, Plan, Slots, narrowed
from telemetry_common.planning.slots import CarrierIds, Found, SlotCollector
from telemetry_common.planning.walk import Walk
from telemetry_common.planning.wire import Offsets
from telemetry_common.signals import Signal

_NOTHING = np.empty(0, np.int64)


def assemble_plan(walk: Walk, sha256: str, identities: Identities) -> Plan:
    """Return the plan of the walked file, its ids resolved against `identities`.

    A traces file is resolved against its own spans instead.
    """
    own = np.concatenate([_NOTHING, *walk.own_carrier])
    ids = CarrierIds.read(walk.slots)
    is_traces = walk.layout.signal is Signal.TRACES
    if is_traces:
        identities = _identities_of_spans(ids, own, sha256)
    names = _Names.resolve(ids, own if is_traces else _NOTHING, identities)
    event_trace = names.trace[own] if is_traces else _NOTHING
    return narrowed(_plan(walk, sha256, identities, names, event_trace))


def _plan(
    walk: Walk, sha256: str, identities: Identities, names: "_Names", event_trace: Offsets
) -> Plan:
    trace_ids, span_ids, foreign = _id_slots(walk.slots, names, identities)
    profile_ids = walk.slots.found(Role.PROFILE_ID)
    clocks = _assign_clocks(walk, names, len(identities.trace_high))
    levels = walk.levels.levels()
    event_start, event_end = walk.levels.event_ranges()
    is_traces = walk.layout.signal is Signal.TRACES
    return Plan(
        signal=walk.layout.signal,
        size=len(walk.data),
        sha256=sha256,
        resolved_against=identities.sha256,
        traces=len(identities.trace_high),
        spans=len(identities.span_word),
        levels=levels,
        event_start=event_start,
        event_end=event_end,
        unit_first=_trace_units(event_trace) if is_traces else _units(levels, len(event_start)),
        time=clocks.time,
        time_value=clocks.time_value,
        trace_id=trace_ids,
        span_id=span_ids,
        profile_id=Slots(profile_ids.offset, _indices(profile_ids.local)),
        foreign=foreign,
        point_time=walk.slots.found(Role.POINT_TIME).offset,
        point_start=_point_starts(walk),
        count=_growing(walk, Role.COUNT),
        amount=_growing(walk, Role.AMOUNT),
        anchor=clocks.anchor,
        trace_end=clocks.trace_end if is_traces else np.empty(0, np.uint64),
        event_trace=_indices(event_trace),
    )


def _identities_of_spans(ids: CarrierIds, own: Offsets, sha256: str) -> Identities:
    """Return the traces in order of appearance, and every span by its position in the file."""
    high, low = ids.trace_high[own], ids.trace_low[own]
    named = (high != 0) | (low != 0)
    table = Identities(*first_appearances(high[named], low[named]), _NOTHING, high[:0], sha256)
    span_trace = table.find_traces(high, low)
    return Identities(table.trace_high, table.trace_low, span_trace, ids.span[own], sha256)


@dataclass(frozen=True, slots=True)
class _Names:
    """The trace and the span that each carrier names, or UNKNOWN; both of shape (carriers,)."""

    trace: Offsets
    span: Offsets

    @classmethod
    def resolve(cls, ids: CarrierIds, own: Offsets, identities: Identities) -> "_Names":
        """Look up all carriers; `own` are the spans of the set themselves, in file order."""
        trace = identities.find_traces(ids.trace_high, ids.trace_low)
        span = identities.find_spans(trace, ids.span)
        span[own] = np.arange(len(own))
        return cls(trace, span)


def _id_slots(
    slots: SlotCollector, names: _Names, identities: Identities
) -> tuple[Slots, Slots, Offsets]:
    """Return the trace id slots, the span id slots, and the words of ids from outside the set."""
    traces, spans = slots.found(Role.TRACE_ID), slots.found(Role.SPAN_ID)
    parents = slots.found(Role.PARENT_ID)
    parent_word = slots.words.integer[parents.offset]
    parent = identities.find_spans(names.trace[parents.carrier], parent_word)
    trace_known, trace_foreign = _split(traces, names.trace[traces.carrier])
    span_known, span_foreign = _split(spans, names.span[spans.carrier])
    parent_known, parent_foreign = _split(parents, parent)
    halves = [trace_foreign, trace_foreign + 8]
    foreign = np.sort(np.concatenate([*halves, span_foreign, parent_foreign]))
    return trace_known, _merged(span_known, parent_known), foreign


def _split(found: Found, index: Offsets) -> tuple[Slots, Offsets]:
    """Return the slots that belong to something, and the offsets of those that do not."""
    known = index != UNKNOWN
    return Slots(found.offset[known], _indices(index[known])), found.offset[~known]


def _merged(first: Slots, second: Slots) -> Slots:
    offset = np.concatenate([first.offset, second.offset])
    order = np.argsort(offset, kind="stable")
    return Slots(offset[order], np.concatenate([first.index, second.index])[order])


@dataclass(frozen=True, slots=True)
class _Clocks:
    time: Slots
    time_value: U64
    anchor: U64
    trace_end: U64


def _assign_clocks(walk: Walk, names: _Names, traces: int) -> _Clocks:
    """Let times move with the trace that their carrier names, else with their own event."""
    slots = walk.slots
    times, points = slots.found(Role.TIME), slots.found(Role.POINT_TIME)
    value = slots.words.integer[times.offset]
    trace = np.append(names.trace, UNKNOWN)[times.carrier]
    alone = trace == UNKNOWN
    used, local = np.unique(times.local[alone], return_inverse=True)
    clock = trace.copy()
    clock[alone] = traces + local
    point_value = slots.words.integer[points.offset]
    ends = np.concatenate([value[:0], *walk.profile_end])
    latest = _latest(
        np.concatenate([times.local, points.local, np.arange(len(ends))]),
        np.concatenate([value, point_value, ends]),
    )
    trace_end = np.zeros(traces, np.uint64)
    np.maximum.at(trace_end, trace[~alone], value[~alone])
    return _Clocks(Slots(times.offset, _indices(clock)), value, latest[used], trace_end)


def _latest(local: Offsets, value: U64) -> U64:
    latest = np.zeros(int(local.max(initial=-1)) + 1, np.uint64)
    np.maximum.at(latest, local, value)
    return latest


def _point_starts(walk: Walk) -> Slots:
    found = walk.slots.found(Role.POINT_START)
    delta = np.concatenate([np.empty(0, np.bool_), *(part.delta for part in walk.temporality)])
    return Slots(found.offset, _indices(delta[found.local]))


def _growing(walk: Walk, role: Role) -> Offsets:
    found = walk.slots.found(role)
    grows = np.concatenate([np.empty(0, np.bool_), *(part.grows for part in walk.temporality)])
    growing: Offsets = found.offset[grows[found.local]]
    return growing


def _trace_units(event_trace: Offsets) -> Offsets:
    """Return where a traces file may be cut: where no trace has spans on both sides."""
    events = len(event_trace)
    last = np.arange(events)
    known = event_trace != UNKNOWN
    final = np.zeros(int(event_trace.max(initial=-1)) + 1, np.int64)
    np.maximum.at(final, event_trace[known], last[known])
    last[known] = final[event_trace[known]]
    closed = np.maximum.accumulate(last) == np.arange(events)
    return np.append(0, np.flatnonzero(closed) + 1).astype(np.int64)


def _units(levels: tuple[Level, ...], events: int) -> Offsets:
    """Return the first event of each metric or profile, or of each log record."""
    if len(levels) == UNIT_LEVEL + 1:
        return np.arange(events + 1, dtype=np.int64)
    return np.unique(levels[UNIT_LEVEL + 1].first_event)


def _indices(values: Offsets) -> Indices:
    return values.astype(np.int32)
