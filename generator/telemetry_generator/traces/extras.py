"""Extras of spans: links to earlier requests, and events within the span."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.config.span_content import EventsConfig, LinksConfig
from telemetry_generator.draws import I64, below, below_wide, chance, child_keys, draw
from telemetry_generator.traces.ids import TemplateIds
from telemetry_generator.traces.purposes import Draw
from telemetry_generator.traces.runs import positions
from telemetry_generator.traces.table import EventTable, LinkTable
from telemetry_generator.traces.timing import Times

_LINKED_BACK = 1_000_000  # requests


def make_links(config: LinksConfig | None, ids: TemplateIds, keys: U64, request: I64) -> LinkTable:
    """Return links of some spans to the roots of earlier requests; the first has none before it.

    Earlier ones, so that a larger set keeps the links of a smaller one.
    """
    if config is None:
        return LinkTable()
    owner, key = _some(keys, Draw.LINKS, config.percentage, config.max)
    owner, key = owner[request[owner] > 0], key[request[owner] > 0]
    back = below(draw(key, Draw.TARGET), np.minimum(request[owner], _LINKED_BACK))
    target = request[owner] - 1 - back
    trace = ids.traces(target, 0)
    return LinkTable(owner, trace.high, trace.low, ids.spans(target, 0))


def make_events(config: EventsConfig | None, keys: U64, times: Times) -> EventTable:
    """Return events of some spans, each at any time within its span."""
    if config is None:
        return EventTable()
    owner, key = _some(keys, Draw.EVENTS, config.percentage, config.max)
    lasts = times.end[owner] - times.start[owner] + 1
    time = times.start[owner] + below_wide(draw(key, Draw.TIME), lasts)
    order = np.lexsort((time, owner))
    return EventTable(owner[order], time[order], key[order])


def _some(keys: U64, purpose: Draw, percentage: float, most: int) -> tuple[I64, U64]:
    """Return the owners and keys of 1 .. most things on the given share of the spans."""
    base = draw(keys, purpose)
    rows = np.flatnonzero(chance(base, round(percentage * 10_000)))
    count = 1 + below(draw(base[rows], Draw.COUNT), most)
    return np.repeat(rows, count), child_keys(np.repeat(base[rows], count), positions(count))
