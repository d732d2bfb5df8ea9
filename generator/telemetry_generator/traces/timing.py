"""Timing: durations from the leaves up, then starts from the roots down, a level at a time.

A span spends its own time before, between and after its children; it waits for each of them,
unless the child is concurrent. A call to a traced service takes the network's time around the
server's, and a consumer begins some time after its message was sent.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, draw, lognormal_millionths
from telemetry_generator.traces.forest import Forest, Level
from telemetry_generator.traces.graph import Graph
from telemetry_generator.traces.purposes import Draw
from telemetry_generator.traces.runs import Runs
from telemetry_generator.traces.table import Kind

_NETWORK_MICROS, _NETWORK_SIGMA_MILLIS = 350, 500
_QUEUE_MICROS, _QUEUE_SIGMA_MILLIS = 4_000, 900
_BACKOFF_NANOS = 20_000_000
_MOST_DOUBLINGS = 8
_LONGEST_NANOS = 10**15  # so that the times of a whole request add up to less than 2^63
_TAIL = 128  # the mean of a gap's weight, 1 .. 256
_WEIGHT_SHIFT = np.uint64(56)


class Times(NamedTuple):
    """When spans begin and end, in nanoseconds since their request's begin; shape (rows,)."""

    start: I64
    end: I64


def lay_out(graph: Graph, forest: Forest, spans: Level) -> Times:
    """Return the times of all spans; a child lies strictly inside its parent."""
    own = _own_nanos(graph, spans)
    duration, offset = own + 1, np.zeros(len(spans), np.int64)
    for rows in reversed(list(_children(forest))):
        _place(spans, rows, own, duration, offset)
    return _absolute(forest, duration, offset)


def _own_nanos(graph: Graph, spans: Level) -> I64:
    """Return the time that each span takes by itself, or that the network does around a call."""
    on_network = graph.is_traced[spans.operation] & (spans.kind == Kind.CLIENT)
    micros = np.where(on_network, _NETWORK_MICROS, graph.median_micros[spans.operation])
    sigma = np.where(on_network, _NETWORK_SIGMA_MILLIS, graph.sigma_millis[spans.operation])
    return _lognormal_nanos(draw(spans.key, Draw.OWN_TIME), micros, sigma)


def _lognormal_nanos(draws: U64, micros: I64 | int, sigma_millis: I64 | int) -> I64:
    """Return log-normal times with these medians; the last three digits are even."""
    factor = lognormal_millionths(draws, sigma_millis)
    # In two parts, because the product of an hour and a factor of 60,000 has more than 63 bits.
    nanos = micros * (factor // 1000) + micros * (factor % 1000) // 1000
    nanos += (draws & np.uint64(0x3FF)).astype(np.int64) * 1000 // 1024
    capped: I64 = np.minimum(nanos, _LONGEST_NANOS)
    return capped


def _children(forest: Forest) -> Iterator[I64]:
    """Yield the rows of each level that lie inside their parents: consumers do not."""
    first = len(forest.levels[0])
    for level in forest.levels[1:]:
        yield first + np.flatnonzero(level.kind != Kind.CONSUMER)
        first += len(level)


def _place(spans: Level, rows: I64, own: I64, duration: I64, offset: I64) -> None:
    """Set the offsets of the spans `rows` in their parents, and their parents' durations."""
    parent, lasts = spans.parent[rows], duration[rows]
    runs = Runs.of(parent)
    hosts = parent[runs.starts]
    weight = 1 + (draw(spans.key[rows], Draw.GAP) >> _WEIGHT_SHIFT).astype(np.int64)
    unit = own[hosts] // (runs.sums(weight) + _TAIL)
    gap = runs.each(unit) * weight + 1
    tail = own[hosts] - unit * runs.sums(weight) + 1
    lead = gap + _backoff(spans, rows)
    turn = lead + np.where(spans.concurrent[rows], 0, lasts)
    offset[rows] = runs.before(turn) + lead
    finish = np.maximum(runs.largest(offset[rows] + lasts), runs.sums(turn))
    duration[hosts] = finish + tail


def _backoff(spans: Level, rows: I64) -> I64:
    """Return the pause before each attempt: twice as long each time, give or take a half."""
    attempt = spans.attempt[rows]
    pause = np.zeros(len(rows), np.int64)
    again = np.flatnonzero(attempt)
    nanos = _BACKOFF_NANOS << (attempt[again] - 1).clip(0, _MOST_DOUBLINGS)
    pause[again] = nanos // 2 + below(draw(spans.key[rows[again]], Draw.BACKOFF), nanos.clip(1))
    return pause


def _absolute(forest: Forest, duration: I64, offset: I64) -> Times:
    """Turn offsets in the parent into times since the request's begin, from the roots down."""
    start = offset
    first = len(forest.levels[0])
    for level in forest.levels[1:]:
        rows = slice(first, first + len(level))
        parent = level.parent
        taken = level.kind == Kind.CONSUMER
        start[rows] += start[parent]
        start[rows][taken] += duration[parent[taken]] + _queueing(level.key[taken])
        first += len(level)
    return Times(start, start + duration)


def _queueing(keys: U64) -> I64:
    """Return how long messages wait for their consumers."""
    draws = draw(keys, Draw.QUEUE)
    return 1 + _lognormal_nanos(draws, _QUEUE_MICROS, _QUEUE_SIGMA_MILLIS)
