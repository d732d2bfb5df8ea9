"""Who calls whom: derived from spans and their parents, links and peers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from telemetry_generator.inspection.latency import NOTHING, by_group
from telemetry_generator.inspection.model import Call, Node, NodeKind
from telemetry_generator.inspection.span_columns import NOBODY, Flags, Rows, SpanColumns
from telemetry_generator.reading.ids import Lookup, span_keys_of

_CALLING = (Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_PRODUCER)
_CALLED = (Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CONSUMER)


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in the columns stand for."""

    services: Sequence[str]
    peers: Sequence[str]
    peer_kinds: Mapping[int, NodeKind]
    spans_of_service: Mapping[int, int]

    def node(self, number: int) -> str:
        """Return the name of a node: services come first, then peers."""
        services = len(self.services)
        return self.services[number] if number < services else self.peers[number - services]


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes and the calls between them, the busiest first."""

    nodes: tuple[Node, ...]
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class _Edges:
    """One row a call: the nodes, and the span that stands for the call."""

    caller: Rows
    callee: Rows
    span: Rows


def call_graph(spans: SpanColumns, names: Names, share: float) -> Graph:
    """Return the graph of some spans, which are a `share` of all: counts are scaled up."""
    relations = _Relations(spans)
    edges = relations.edges(_peer_nodes(names))
    return Graph(_nodes(spans, edges, relations, names, share), _calls(spans, edges, names, share))


def _peer_nodes(names: Names) -> Rows:
    """Return the node of each peer: a service if it has the name of one, else one of its own."""
    services = {name: number for number, name in enumerate(names.services)}
    own = len(names.services)
    nodes = [
        services.get(name, services.get(name.partition(".")[0], own + number))
        if names.peer_kinds[number] is NodeKind.EXTERNAL
        else own + number
        for number, name in enumerate(names.peers)
    ]
    return np.array(nodes, np.int64)


class _Relations:
    """Which spans call, are called, or come from outside."""

    def __init__(self, spans: SpanColumns) -> None:
        self._spans = spans
        lookup = Lookup(span_keys_of(spans.trace, spans.span))
        parent = lookup.find(span_keys_of(spans.trace, spans.parent))
        self._parent = np.where(spans.parent == 0, NOBODY, parent)
        self._linked = np.where(spans.link == 0, NOBODY, lookup.find(spans.link))
        calling, called = np.isin(spans.kind, _CALLING), np.isin(spans.kind, _CALLED)
        known = self._parent != NOBODY
        elsewhere = spans.service[self._parent] != spans.service
        remote = known & (elsewhere | (called & calling[self._parent]))
        has_peer = spans.peer != NOBODY
        consumes = spans.kind == Span.SPAN_KIND_CONSUMER
        self._takes = consumes & has_peer
        self._direct = remote & ~self._takes
        self._by_link = consumes & ~self._takes & ~remote & (self._linked != NOBODY)
        answered = np.zeros(len(spans), np.bool_)
        answered[self._parent[self._direct]] = True
        self._asks = calling & has_peer & ~answered

    def edges(self, peer_nodes: Rows) -> _Edges:
        """Return all calls; `peer_nodes` is the node of each peer."""
        spans, service = self._spans, self._spans.service.astype(np.int64)
        peer = np.append(peer_nodes, NOBODY)[spans.peer]
        direct, linked = np.flatnonzero(self._direct), np.flatnonzero(self._by_link)
        takes, asks = np.flatnonzero(self._takes), np.flatnonzero(self._asks)
        callers = [service[self._parent[direct]], service[self._linked[linked]], peer[takes]]
        callees = [service[direct], service[linked], service[takes]]
        return _Edges(
            np.concatenate([*callers, service[asks]]),
            np.concatenate([*callees, peer[asks]]),
            np.concatenate([direct, linked, takes, asks]),
        )

    @property
    def entries(self) -> Flags:
        """The spans that nothing in the set has called."""
        called = self._direct | self._by_link | self._takes
        entries: Flags = (self._parent == NOBODY) & ~called
        return entries


def _calls(spans: SpanColumns, edges: _Edges, names: Names, share: float) -> tuple[Call, ...]:
    nodes = len(names.services) + len(names.peers)
    key = edges.caller * nodes + edges.callee
    groups = by_group(key, spans.duration[edges.span], spans.failed[edges.span])
    calls = [
        Call(
            caller=names.node(group.key // nodes),
            callee=names.node(group.key % nodes),
            count=round(group.count / share),
            errors=round(group.failed / share),
            latency=group.latency,
        )
        for group in groups
    ]
    return tuple(sorted(calls, key=lambda call: (-call.count, call.caller, call.callee)))


def _nodes(
    spans: SpanColumns, edges: _Edges, relations: _Relations, names: Names, share: float
) -> tuple[Node, ...]:
    entry = np.flatnonzero(relations.entries)
    key = np.concatenate([edges.callee, spans.service[entry].astype(np.int64)])
    taken = np.concatenate([edges.span, entry])
    groups = by_group(key, spans.duration[taken], spans.failed[taken])
    requests = {group.key: group for group in groups}
    entries = np.bincount(spans.service[entry], minlength=len(names.services))
    numbers = {*range(len(names.services)), *requests, *edges.caller.tolist()}
    nodes = []
    for number in sorted(numbers):
        group = requests.get(number)
        peer = number - len(names.services)
        nodes.append(
            Node(
                name=names.node(number),
                kind=NodeKind.SERVICE if peer < 0 else names.peer_kinds[peer],
                spans=names.spans_of_service.get(number, 0),
                requests=round(group.count / share) if group else 0,
                errors=round(group.failed / share) if group else 0,
                entries=round(int(entries[number]) / share) if peer < 0 else 0,
                latency=group.latency if group else NOTHING,
            )
        )
    return tuple(sorted(nodes, key=lambda node: (-node.requests, node.name)))
