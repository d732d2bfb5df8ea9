"""Arranges a directed graph in layers from left to right, with few crossings.

The steps are those of Sugiyama, Tagawa and Toda ("Methods for Visual Understanding of
Hierarchical System Structures", 1981): break cycles, assign layers, add bends where an edge passes
a layer, order each layer by the barycentre of its neighbours. Cycles are broken after Eades, Lin
and Smyth ("A fast and effective heuristic for the feedback arc set problem", 1993).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_SWEEPS = 12

Edge = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Layers:
    """`layers` holds nodes and bends, top to bottom; `paths` the way of each edge through them.

    Numbers below `nodes` are nodes, the others bends.
    """

    nodes: int
    layers: list[list[int]]
    paths: dict[Edge, list[int]]
    """From caller to callee, also where that is from right to left."""


def arrange(nodes: int, edges: Collection[Edge]) -> Layers:
    """Arrange `nodes` nodes, numbered from 0, by the edges between them (no edge to itself)."""
    rank = {node: place for place, node in enumerate(_linear_order(nodes, edges))}
    forward = {edge: edge if rank[edge[0]] < rank[edge[1]] else edge[::-1] for edge in edges}
    layer = _layer_of(nodes, set(forward.values()), sorted(rank, key=rank.__getitem__))
    rows, chains = _with_bends(nodes, layer, forward)
    segments = {pair for chain in chains.values() for pair in pairwise(chain)}
    ordered = _ordered(rows, segments)
    paths = {edge: chain if forward[edge] == edge else chain[::-1]
             for edge, chain in chains.items()}  # fmt: skip
    return Layers(nodes, ordered, paths)


def _linear_order(nodes: int, edges: Collection[Edge]) -> list[int]:
    """Return the nodes so that few edges lead backwards: sources first, sinks last."""
    out, into = _neighbours(edges)
    left: list[int] = []
    right: list[int] = []
    waiting = set(range(nodes))
    while waiting:
        sinks = [node for node in sorted(waiting) if not out[node] & waiting]
        sources = [node for node in sorted(waiting) if not into[node] & waiting]
        if sinks and not sources:
            right.append(sinks[-1])
            waiting.discard(sinks[-1])
            continue
        surplus = lambda node: (len(out[node] & waiting) - len(into[node] & waiting), -node)  # noqa: E731
        chosen = sources[0] if sources else max(waiting, key=surplus)
        left.append(chosen)
        waiting.discard(chosen)
    return left + right[::-1]


def _neighbours(edges: Collection[Edge]) -> tuple[Mapping[int, set[int]], Mapping[int, set[int]]]:
    out: defaultdict[int, set[int]] = defaultdict(set)
    into: defaultdict[int, set[int]] = defaultdict(set)
    for caller, callee in edges:
        out[caller].add(callee)
        into[callee].add(caller)
    return out, into


def _layer_of(nodes: int, edges: Collection[Edge], order: Sequence[int]) -> list[int]:
    """Return the layer of each node: one behind the last of those that lead to it."""
    out, _ = _neighbours(edges)
    layer = [0] * nodes
    for node in order:
        for below in out[node]:
            layer[below] = max(layer[below], layer[node] + 1)
    return layer


def _with_bends(
    nodes: int, layer: Sequence[int], forward: Mapping[Edge, Edge]
) -> tuple[list[list[int]], dict[Edge, list[int]]]:
    """Return the layers with bends in them, and the chain from left to right of each edge."""
    rows: list[list[int]] = [[] for _ in range(max(layer, default=-1) + 1)]
    for node in range(nodes):
        rows[layer[node]].append(node)
    chains: dict[Edge, list[int]] = {}
    bend = nodes
    for edge, (start, end) in sorted(forward.items()):
        chain = [start]
        for between in range(layer[start] + 1, layer[end]):
            rows[between].append(bend)
            chain.append(bend)
            bend += 1
        chains[edge] = [*chain, end]
    return rows, chains


def _ordered(rows: list[list[int]], segments: Collection[Edge]) -> list[list[int]]:
    """Sweep forth and back, sort each layer by its neighbours; keep the best order found."""
    out, into = _neighbours(segments)
    best, fewest = rows, _crossings(rows, out)
    for sweep in range(_SWEEPS):
        backwards = sweep % 2
        rows = _swept(rows, out if backwards else into, range(len(rows))[:: -1 if backwards else 1])
        crossings = _crossings(rows, out)
        if crossings < fewest:
            best, fewest = rows, crossings
    return best


def _swept(
    rows: list[list[int]], beside: Mapping[int, set[int]], order: Sequence[int]
) -> list[list[int]]:
    result = [list(row) for row in rows]
    place = {node: at / len(row) for row in rows for at, node in enumerate(row)}
    for number in order:
        row = result[number]
        centre = {node: _mean([place[each] for each in beside[node]], place[node]) for node in row}
        row.sort(key=centre.__getitem__)
        place.update({node: at / len(row) for at, node in enumerate(row)})
    return result


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(rows: list[list[int]], out: Mapping[int, set[int]]) -> int:
    """Count pairs of segments that cross between neighbouring layers."""
    total = 0
    for row, below in pairwise(rows):
        place = {node: at for at, node in enumerate(below)}
        ends = [at for node in row for at in sorted(place[each] for each in out[node])]
        total += sum(end < before for at, end in enumerate(ends) for before in ends[:at])
    return total
