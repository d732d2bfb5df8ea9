"""Outcomes: where requests break, and how far up their callers notice."""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, Bools, below, below_wide, chance, draw
from telemetry_generator.traces.forest import Forest, Level
from telemetry_generator.traces.graph import Graph
from telemetry_generator.traces.purposes import Draw
from telemetry_generator.traces.runs import Runs
from telemetry_generator.traces.table import ROOT, Kind, Outcome

_MISSING_ONE_IN = 40


@dataclass(frozen=True, slots=True)
class Failures:
    """How often failures survive, in millionths."""

    recovery: int
    """Failed calls that the caller survives."""
    rate: int | None
    """Requests whose root fails; None leaves it to the operations' own faults."""


def decide_outcomes(
    graph: Graph, forest: Forest, spans: Level, requests: U64, failures: Failures
) -> I64:
    """Return how each span ended; `requests` are the keys of the forest's requests.

    A failed server fails its call, and a failed call its caller, unless the caller survives it or
    tries again. With a rate, requests are chosen to fail: a fault goes all the way up from one of
    their spans, whereas the root survives all other faults.
    """
    outcome = _own_outcomes(graph, spans)
    survived = _survived(spans, failures.recovery)
    forced = np.zeros(len(spans), bool)
    if failures.rate is not None:
        roots = spans.parent == ROOT
        outcome[roots] = np.minimum(outcome[roots], Outcome.MISSING)
        survived |= roots[spans.parent] & ~roots
        origins = _origins(graph, forest, spans, requests, failures.rate)
        outcome[origins], forced[origins] = Outcome.FAULT, True
    _propagate(forest, spans, outcome, survived, forced)
    return outcome


def _own_outcomes(graph: Graph, spans: Level) -> I64:
    """Return the outcomes as if all callees did well."""
    missing = graph.can_miss[spans.operation] & (below(spans.detail, _MISSING_ONE_IN) == 0)
    outcome = np.where(missing, Outcome.MISSING, Outcome.OK)
    return np.where(spans.fault, Outcome.FAULT, outcome)


def _survived(spans: Level, recovery: int) -> Bools:
    """Return which spans do not fail their parents when they fail."""
    is_call = (spans.kind == Kind.CLIENT) | (spans.kind == Kind.PRODUCER)
    recovered = chance(draw(spans.key, Draw.RECOVERY), recovery)
    survived: Bools = spans.retried | (spans.kind == Kind.CONSUMER) | (is_call & recovered)
    return survived


def _propagate(forest: Forest, spans: Level, outcome: I64, survived: Bools, forced: Bools) -> None:
    """Let failures rise, from the deepest level up; forced ones rise whatever is survived."""
    last = forest.rows
    for level in reversed(forest.levels[1:]):
        rows = np.arange(last - len(level), last)
        rising = rows[(outcome[rows] >= Outcome.FAILED) & (forced[rows] | ~survived[rows])]
        parent = spans.parent[rising]
        outcome[parent] = np.maximum(outcome[parent], Outcome.FAILED)
        forced[parent[forced[rising]]] = True
        last -= len(level)


def _origins(graph: Graph, forest: Forest, spans: Level, requests: U64, rate: int) -> I64:
    """Return where the fault of each request that is chosen to fail starts.

    It can be any span whose failure the root has to notice, the likelier the more often its
    operation fails by itself.
    """
    rows = np.flatnonzero(_can_break(graph, forest, spans))
    rows = rows[np.argsort(spans.request[rows], kind="stable")]
    runs = Runs.of(spans.request[rows])
    request = spans.request[rows][runs.starts]
    weight = graph.errors[spans.operation[rows]] + 1
    picked = below_wide(draw(requests[request], Draw.ORIGIN), runs.sums(weight))
    before = np.cumsum(weight) - weight
    at = np.searchsorted(before, before[runs.starts] + picked, side="right") - 1
    return rows[at[chance(draw(requests[request], Draw.FAILS), rate)]]


def _can_break(graph: Graph, forest: Forest, spans: Level) -> Bools:
    """Return the spans where a fault can start that rises to the root of its request.

    No message can: its consumer knows that it was sent.
    """
    near = (spans.kind == Kind.CLIENT) & graph.is_traced[spans.operation]
    exposed = ~spans.retried & (spans.kind != Kind.CONSUMER) | (spans.parent == ROOT)
    first = len(forest.levels[0])
    for level in forest.levels[1:]:
        exposed[first : first + len(level)] &= exposed[level.parent]
        first += len(level)
    can: Bools = exposed & ~near & (spans.kind != Kind.PRODUCER)
    return can
