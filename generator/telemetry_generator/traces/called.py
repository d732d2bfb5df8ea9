"""Growing requests along the calls of an explicit topology: every operation does as it is told."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, Bools, below, chance, child_keys, draw
from telemetry_generator.traces.forest import Forest, Hosts
from telemetry_generator.traces.graph import Graph
from telemetry_generator.traces.purposes import Draw
from telemetry_generator.traces.runs import Runs, positions
from telemetry_generator.traces.sprouts import Sprouts, Steps, fails, sprout
from telemetry_generator.traces.table import Kind


class Limits(NamedTuple):
    """How far a request may go."""

    depth: int
    """Calls in a row; an operation at this depth calls nobody."""
    spans: int
    """Spans of a request; what would exceed it is cut."""


class _Visits(NamedTuple):
    """Calls that are made, before it is known whether they fail; columns of shape (visits,)."""

    owner: I64
    """Index of the host, ascending."""
    edge: I64
    """The call of the topology that is followed."""
    key: U64
    operation: I64


def grow_called(graph: Graph, forest: Forest, roots: Hosts, limits: Limits) -> int:
    """Grow what follows from the roots, and return how many calls the limit of spans cut off."""
    room = np.full(forest.requests, limits.spans - 1)
    hosts, cut = roots, 0
    while len(hosts := _callers(graph, hosts, limits.depth)):
        visits, missed = _visits(graph, hosts, room)
        steps = _attempts(graph, hosts, visits, limits.depth)
        fitting = _fitting(hosts.request[steps.owner], 1 + steps.far, room)
        cut += missed + int(np.count_nonzero(~fitting))
        steps = _ended(steps.chosen(fitting))
        np.subtract.at(room, hosts.request[steps.owner], 1 + steps.far)
        hosts = _next_hosts(sprout(graph, forest, hosts, steps))
    return cut


def _callers(graph: Graph, hosts: Hosts, deepest: int) -> Hosts:
    calls = graph.calls.count[hosts.operation] > 0
    return hosts.chosen(calls & (hosts.depth < deepest))


def _next_hosts(sprouts: Sprouts) -> Hosts:
    """Return who goes on: a consumer is two calls on, the message and what takes it up."""
    delivered = sprouts.is_message
    return replace(sprouts.hosts, depth=sprouts.hosts.depth + 1 + delivered)


def _visits(graph: Graph, hosts: Hosts, room: I64) -> tuple[_Visits, int]:
    """Return all calls of all hosts, and how many more there were than a request has room for."""
    calls = graph.calls
    count = calls.count[hosts.operation]
    host = np.repeat(np.arange(len(hosts)), count)
    at = positions(count)
    edge = calls.first[hosts.operation[host]] + at
    key = child_keys(hosts.key[host], at)
    spread = calls.most[edge] - calls.fewest[edge] + 1
    times = calls.fewest[edge] + below(draw(key, Draw.TIMES), spread)
    times *= chance(draw(key, Draw.HAPPENS), calls.per_million[edge])
    fitting = _within(hosts.request[host], times, room)
    key = child_keys(np.repeat(key, fitting), positions(fitting))
    edge, host = np.repeat(edge, fitting), np.repeat(host, fitting)
    operation = calls.targets.pick(edge, draw(key, Draw.CALLEE))
    return _Visits(host, edge, key, operation), int((times - fitting).sum())


def _within(request: I64, times: I64, room: I64) -> I64:
    """Return `times`, cut where each request's sum passes its room: what remains fits memory."""
    before = Runs.of(request).before(times)
    fitting: I64 = np.minimum(times, (room[request] - before).clip(0))
    return fitting


def _fitting(request: I64, cost: I64, room: I64) -> Bools:
    """Return which steps still fit into their request."""
    fits: Bools = Runs.of(request).before(cost) + cost <= room[request]
    return fits


def _attempts(graph: Graph, hosts: Hosts, visits: _Visits, deepest: int) -> Steps:
    """Return every attempt of every call: one that fails at once is tried again.

    A failure from further down is not: whoever is next to it has tried again, and trying again on
    every level would multiply the load (Beyer et al., "Site Reliability Engineering", chapter 21).
    """
    count = _attempt_counts(graph, visits)
    of = np.repeat(np.arange(len(count)), count)
    attempt = positions(count)
    key, operation = child_keys(visits.key[of], attempt), visits.operation[of]
    fault = fails(graph, key, operation)
    owner = visits.owner[of]
    sent = (graph.near[operation] == Kind.PRODUCER) & ~fault & (hosts.depth[owner] + 1 < deepest)
    return Steps(
        owner=owner,
        operation=operation,
        key=key,
        detail=draw(visits.key[of], Draw.DETAIL),
        fault=fault,
        attempt=attempt,
        retried=np.zeros(len(of), bool),
        concurrent=graph.calls.concurrent[visits.edge[of]],
        far=graph.is_traced[operation] + sent * graph.calls.count[operation],
    )


def _attempt_counts(graph: Graph, visits: _Visits) -> I64:
    """Return how often each call is tried: until it succeeds, or as often as allowed."""
    retries = graph.calls.retries[visits.edge]
    count = np.ones(len(retries), np.int64)
    failing = np.flatnonzero(retries > 0)
    for attempt in range(int(retries.max(initial=0))):
        key = child_keys(visits.key[failing], attempt)
        failing = failing[fails(graph, key, visits.operation[failing])]
        failing = failing[retries[failing] > attempt]
        count[failing] += 1
    return count


def _ended(steps: Steps) -> Steps:
    """Return the steps, marked where another attempt follows, which has to wait for them."""
    retried = np.append(steps.attempt[1:] > 0, False)[: len(steps)]
    return replace(steps, retried=retried, concurrent=steps.concurrent & ~retried)
