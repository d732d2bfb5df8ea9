"""Sprouting: what hosts do next becomes spans, on the caller's side and on the other."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, Bools, chance, child_keys, draw
from telemetry_generator.traces.forest import Forest, Hosts, Level, joined
from telemetry_generator.traces.graph import Graph
from telemetry_generator.traces.purposes import Draw
from telemetry_generator.traces.runs import positions
from telemetry_generator.traces.table import ROOT, Kind


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """What hosts do, in order: calls, messages and work of their own; shape (steps,)."""

    owner: I64
    """Index of the host, ascending."""
    operation: I64
    key: U64
    detail: U64
    fault: Bools
    """Whether the operation fails by itself, on whichever side."""
    attempt: I64
    retried: Bools
    concurrent: Bools
    far: I64
    """Number of spans on the other side: a server's, or one for each consumer group."""

    def __len__(self) -> int:
        return len(self.owner)

    def chosen(self, which: Bools) -> Self:
        """Return those of the steps for which `which` is true."""
        return type(self)(*(getattr(self, each.name)[which] for each in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Sprouts:
    """The spans that can do something next, in the order of the steps that made them."""

    step: I64
    """Index of the step."""
    is_far: Bools
    """Whether it is on the other side of the step."""
    hosts: Hosts
    """The spans; as deep as the hosts that made the steps, and without a budget."""
    is_message: Bools
    """Whether it takes up a message."""


def plant_roots(graph: Graph, forest: Forest, keys: U64, requests: I64) -> Hosts:
    """Plant a root for each of `requests`, by the keys of all requests, and return them."""
    own = keys[requests]
    operation = graph.doors[graph.door_weights.pick(draw(own, Draw.DOOR))]
    key = child_keys(own, 0)
    count = len(requests)
    level = Level(
        parent=np.full(count, ROOT),
        request=requests,
        service=graph.service[operation],
        operation=operation,
        kind=graph.far[operation],
        key=key,
        detail=draw(key, Draw.DETAIL),
        attempt=np.zeros(count, np.int64),
        fault=fails(graph, key, operation),
        retried=np.zeros(count, bool),
        concurrent=np.zeros(count, bool),
    )
    rows = forest.plant(level) + np.arange(count)
    return _hosts(level, rows, np.zeros(count, np.int64))


def fails(graph: Graph, key: U64, operation: I64) -> Bools:
    """Return whether each operation fails by itself."""
    return chance(draw(key, Draw.FAULT), graph.errors[operation])


def sprout(graph: Graph, forest: Forest, hosts: Hosts, steps: Steps) -> Sprouts:
    """Plant the spans of all steps, and return those that can do something next."""
    near = _near_side(graph, hosts, steps)
    near_row = forest.plant(near)
    owner, far = _far_side(graph, near, near_row, steps)
    far_row = forest.plant(far)
    inside = np.flatnonzero(near.kind == Kind.INTERNAL)
    step = np.concatenate([inside, owner])
    order = np.argsort(step, kind="stable")
    inner = _hosts(near.chosen(inside), near_row + inside, hosts.depth[steps.owner[inside]])
    outer = _hosts(far, far_row + np.arange(len(far)), hosts.depth[steps.owner[owner]])
    taken = np.concatenate([np.zeros(len(inside), bool), far.kind == Kind.CONSUMER])
    next_hosts = joined(inner, outer).chosen(order)
    return Sprouts(step[order], order >= len(inside), next_hosts, taken[order])


def _hosts(level: Level, row: I64, depth: I64) -> Hosts:
    nothing = np.zeros(len(row), np.int64)
    return Hosts(row, level.request, level.service, level.operation, level.key, depth, nothing)


def _near_side(graph: Graph, hosts: Hosts, steps: Steps) -> Level:
    return Level(
        parent=hosts.row[steps.owner],
        request=hosts.request[steps.owner],
        service=hosts.service[steps.owner],
        operation=steps.operation,
        kind=graph.near[steps.operation],
        key=steps.key,
        detail=steps.detail,
        attempt=steps.attempt,
        fault=steps.fault & ~graph.is_traced[steps.operation],
        retried=steps.retried,
        concurrent=steps.concurrent,
    )


def _far_side(graph: Graph, near: Level, first: int, steps: Steps) -> tuple[I64, Level]:
    """Return the other sides and the step of each; the near sides begin at row `first`."""
    owner = np.repeat(np.arange(len(steps)), steps.far)
    at = positions(steps.far)
    key = child_keys(steps.key[owner], at)
    operation, fault = steps.operation[owner], steps.fault[owner]
    kept, calm = np.ones(len(owner), bool), np.zeros(len(owner), bool)
    taken = np.flatnonzero(near.kind[owner] == Kind.PRODUCER)
    edge = graph.calls.first[operation[taken]] + at[taken]
    operation[taken] = graph.calls.targets.pick(edge, draw(key[taken], Draw.CALLEE))
    fault[taken] = fails(graph, key[taken], operation[taken])
    kept[taken] = chance(draw(key[taken], Draw.HAPPENS), graph.calls.per_million[edge])
    far = Level(
        parent=first + owner,
        request=near.request[owner],
        service=graph.service[operation],
        operation=operation,
        kind=graph.far[operation],
        key=key,
        detail=near.detail[owner],
        attempt=np.zeros(len(owner), np.int64),
        fault=fault,
        retried=calm,
        concurrent=calm,
    )
    return owner[kept], far.chosen(kept)
