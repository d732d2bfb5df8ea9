"""Growing requests to a given number of spans, along the edges between services.

A span shares its budget, the number of spans below it, among the steps that it makes: 70 % of them
are calls to other services, the rest is work inside its own. All spans of a level do so at once.
"""

from dataclasses import dataclass, replace
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

CALLS_PER_MILLION = 700_000
"""Share of the steps that call another service; the others stay inside their own."""

DEEPEST = 12
"""Spans from the root to the deepest one: large requests are wide instead."""

PARALLEL_PER_MILLION = 250_000
"""Share of the steps that the next one does not wait for, in a span with few of them."""

_WAITED_FOR = 6  # steps of a wide span that are one after another
_UNABLE_ONE_IN = 4
_MOST_CALLS_PER_MILLION = 920_000
_RETRIED_PER_MILLION = 500_000  # of the calls that fail at once
_MILLION = 1_000_000

# How the rest of a budget is shared among steps: work where nobody is called stays small.
_CALLER_SHARE, _ENDS_SHARE, _WORK_SHARE, _LEAF_SHARE = 192, 96, 64, 1
_SHARE_SPREAD = 16


@dataclass(slots=True)
class _Tally:
    """Steps and calls of each request so far, shape (requests,): they set what comes next."""

    steps: I64
    calls: I64

    def calls_per_million(self, hosts: Hosts, request: I64, can_call: Bools) -> I64:
        """Return the probability of a call that brings each request's share to its aim.

        It allows for the spans still to come, of which some have nobody to call.
        """
        size = len(self.steps)
        pending = np.zeros(size, np.int64)
        np.add.at(pending, hosts.request, hosts.budget)
        steps = self.steps + np.bincount(request, minlength=size) + pending // _UNABLE_ONE_IN
        able = np.bincount(request[can_call], minlength=size)
        missing = CALLS_PER_MILLION * steps - _MILLION * self.calls
        aim: I64 = (missing // np.maximum(able, 1)).clip(0, _MOST_CALLS_PER_MILLION)
        return aim

    def add(self, request: I64, is_call: Bools) -> None:
        """Count the steps that were made."""
        size = len(self.steps)
        self.steps += np.bincount(request, minlength=size)
        self.calls += np.bincount(request[is_call], minlength=size)


class _Slots(NamedTuple):
    """Room for steps, some for each host; columns of shape (slots,)."""

    owner: I64
    at: I64
    """Its position among the steps of its host."""
    key: U64
    room: I64
    """Most spans that the step may take: 1, or what the host has in all."""


def grow_layered(graph: Graph, forest: Forest, roots: Hosts) -> None:
    """Grow exactly `roots.budget` spans below each root, which is at least one."""
    nothing = np.zeros(forest.requests, np.int64)
    tally = _Tally(nothing, nothing.copy())
    hosts = replace(roots, depth=np.ones(len(roots), np.int64))
    while len(hosts):
        steps, rest = _plan(graph, hosts, tally)
        tally.add(hosts.request[steps.owner], graph.near[steps.operation] != Kind.INTERNAL)
        hosts = _next_hosts(graph, sprout(graph, forest, hosts, steps), rest)


def _next_hosts(graph: Graph, sprouts: Sprouts, rest: I64) -> Hosts:
    """Return who goes on: what is left for a step is shared among the spans on its other side."""
    runs = Runs.of(sprouts.step)
    calls_on = graph.callees.counts[sprouts.hosts.service] > 0
    weight = np.where(calls_on, _CALLER_SHARE, _LEAF_SHARE)
    budget = _shared(rest[sprouts.step], weight, runs)
    depth = sprouts.hosts.depth + 1 + sprouts.is_far
    return replace(sprouts.hosts, depth=depth).with_budget(budget)


def _shared(amount: I64, weight: I64, runs: Runs) -> I64:
    """Return each row's share of its run's amount; the shares of a run add up to it."""
    before, whole = runs.before(weight), runs.each(runs.sums(weight)).clip(1)
    share: I64 = amount * (before + weight) // whole - amount * before // whole
    return share


def _plan(graph: Graph, hosts: Hosts, tally: _Tally) -> tuple[Steps, I64]:
    """Return the steps of all hosts, and how many spans are left for what follows each step."""
    slots = _slots(graph, hosts)
    operation, is_retry = _choose(graph, hosts, slots, tally)
    cost = 1 + _far(graph, slots.key, operation)
    kept = Runs.of(slots.owner).before(cost) + cost <= hosts.budget[slots.owner]
    slots = _Slots(slots.owner[kept], slots.at[kept], slots.key[kept], slots.room[kept])
    operation, is_retry = operation[kept], is_retry[kept]
    operation, rest = _share(graph, hosts, slots, operation)
    return _steps(graph, slots, operation, is_retry), rest


def _slots(graph: Graph, hosts: Hosts) -> _Slots:
    """Return room for some steps of each host.

    The deepest spend all of their budget on them, and so do those whose callees call nobody.
    """
    is_last = hosts.depth + 1 >= DEEPEST
    spends_all = is_last | graph.calls_ends_only[hosts.service]
    fan = 1 + below(draw(hosts.key, Draw.FAN), 1 + _root(hosts.budget))
    count = np.where(spends_all, hosts.budget, np.minimum(fan, hosts.budget))
    owner = np.repeat(np.arange(len(hosts)), count)
    at = positions(count)
    room = np.where(is_last, 1, hosts.budget)[owner]
    return _Slots(owner, at, child_keys(hosts.key[owner], at), room)


def _root(values: I64) -> I64:
    """Return square roots, rounded down; IEEE square roots are the same everywhere."""
    root: I64 = np.sqrt(values).astype(np.int64)
    return root


def _choose(graph: Graph, hosts: Hosts, slots: _Slots, tally: _Tally) -> tuple[I64, Bools]:
    """Return the operation of each step, and whether it repeats a call that has failed."""
    service, request = hosts.service[slots.owner], hosts.request[slots.owner]
    callees = np.where(slots.room > 1, graph.callees.counts[service], graph.stores.counts[service])
    can_call = callees > 0
    likely = tally.calls_per_million(hosts, request, can_call)[request]
    calls = can_call & chance(draw(slots.key, Draw.CALLS), likely)
    work = graph.functions.pick(service, draw(slots.key, Draw.WORK))
    operation = np.where(calls, _called(graph, service, slots), work)
    is_retry = _retries(graph, slots, operation)
    operation[is_retry] = operation[np.flatnonzero(is_retry) - 1]
    too_large = 1 + _far(graph, slots.key, operation) > slots.room
    return np.where(too_large, work, operation), is_retry & ~too_large


def _called(graph: Graph, service: I64, slots: _Slots) -> I64:
    """Return an operation of one of the service's callees; meaningless where it has none."""
    draws = draw(slots.key, Draw.CALLEE)
    any_callee, store = graph.callees.pick(service, draws), graph.stores.pick(service, draws)
    callee = np.where(slots.room > 1, any_callee, store)
    return graph.endpoints.pick(callee, draw(slots.key, Draw.ENDPOINT))


def _far(graph: Graph, key: U64, operation: I64) -> I64:
    """Return how many spans the other side has; a message that is not sent reaches nobody."""
    messages = graph.calls.count[operation] * (graph.near[operation] == Kind.PRODUCER)
    far: I64 = graph.is_traced[operation] + messages * ~fails(graph, key, operation)
    return far


def _retries(graph: Graph, slots: _Slots, operation: I64) -> Bools:
    """Return which steps repeat the one before them, whose call fails at once."""
    repeats = np.zeros(len(operation), bool)
    failed = fails(graph, slots.key, operation) & (graph.near[operation] == Kind.CLIENT)
    again = chance(draw(slots.key, Draw.RETRY), _RETRIED_PER_MILLION)
    repeats[1:] = failed[:-1] & (slots.at[1:] > 0) & again[1:]
    repeats[1:] &= ~repeats[:-1]
    return repeats


def _share(graph: Graph, hosts: Hosts, slots: _Slots, operation: I64) -> tuple[I64, I64]:
    """Share what the steps leave of each host's budget among those that can use it.

    Where that would be a service that calls nobody, or none, the first step becomes work of the
    host's own, which can call somebody else.
    """
    runs = Runs.of(slots.owner)
    weight = _weights(graph, hosts, slots, operation)
    useless = runs.each(runs.largest(weight)) <= _LEAF_SHARE * _SHARE_SPREAD
    left = _left(graph, hosts, slots, operation, runs)
    stuck = np.flatnonzero((slots.at == 0) & useless & (left > 0))
    service = hosts.service[slots.owner[stuck]]
    operation[stuck] = graph.functions.pick(service, draw(slots.key[stuck], Draw.WORK))
    weight[stuck] = _WORK_SHARE
    left = _left(graph, hosts, slots, operation, runs)
    return operation, _shared(left, weight, runs)


def _left(graph: Graph, hosts: Hosts, slots: _Slots, operation: I64, runs: Runs) -> I64:
    """Return what the steps of each slot's host leave of its budget."""
    cost = 1 + _far(graph, slots.key, operation)
    return hosts.budget[slots.owner] - runs.each(runs.sums(cost))


def _weights(graph: Graph, hosts: Hosts, slots: _Slots, operation: I64) -> I64:
    """Return how large each step's share of what is left is, relative to the others."""
    far = _far(graph, slots.key, operation)
    inside = graph.near[operation] == Kind.INTERNAL
    service = graph.service[operation]
    share = np.where(graph.calls_ends_only[service], _ENDS_SHARE, _CALLER_SHARE)
    share = np.where(inside, _WORK_SHARE, share)
    share = np.where(graph.callees.counts[service] > 0, share, _LEAF_SHARE)
    depth = hosts.depth[slots.owner] + 1 + (far > 0)
    is_open = (inside | (far > 0)) & (depth < DEEPEST)
    weight: I64 = share * is_open * (1 + below(draw(slots.key, Draw.SHARE), _SHARE_SPREAD))
    return weight


def _steps(graph: Graph, slots: _Slots, operation: I64, is_retry: Bools) -> Steps:
    """Return the steps as they are planted; one that changed its operation is no retry."""
    is_retry[1:] &= operation[1:] == operation[:-1]
    detail = draw(slots.key, Draw.DETAIL)
    detail[is_retry] = detail[np.flatnonzero(is_retry) - 1]
    retried = np.append(is_retry[1:], False)[: len(is_retry)]
    return Steps(
        owner=slots.owner,
        operation=operation,
        key=slots.key,
        detail=detail,
        fault=fails(graph, slots.key, operation),
        attempt=is_retry.astype(np.int64),
        retried=retried,
        concurrent=_concurrent(slots) & ~retried,
        far=_far(graph, slots.key, operation),
    )


def _concurrent(slots: _Slots) -> Bools:
    """Return which steps the next one does not wait for; in a wide span they are most."""
    runs = Runs.of(slots.owner)
    likely = (_MILLION - _WAITED_FOR * _MILLION // runs.counts).clip(PARALLEL_PER_MILLION)
    return chance(draw(slots.key, Draw.CONCURRENT), runs.each(likely))
