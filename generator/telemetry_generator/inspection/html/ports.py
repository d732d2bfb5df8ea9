"""Where edges leave and enter nodes: spread over a side, in the order of where they lead."""

from collections import defaultdict
from collections.abc import Mapping

from telemetry_generator.inspection.html.layers import Edge, Layers

_USED = 0.72
"""Share of a node's side that edges take."""


def port_heights(
    arranged: Layers, centre: Mapping[int, float], height: float
) -> dict[Edge, tuple[float, float]]:
    """Return where each edge leaves its caller and enters its callee; nodes are `height` high."""
    sides: defaultdict[tuple[int, bool], list[tuple[float, Edge, int]]] = defaultdict(list)
    layer = {node: number for number, row in enumerate(arranged.layers) for node in row}
    for edge, path in arranged.paths.items():
        for end, (node, beside) in enumerate(((path[0], path[1]), (path[-1], path[-2]))):
            right = layer[beside] > layer[node]
            sides[node, right].append((centre[beside], edge, end))
    found: dict[tuple[Edge, int], float] = {}
    for (node, _), ends in sides.items():
        for at, (_, edge, end) in enumerate(sorted(ends)):
            share = (at + 1) / (len(ends) + 1) - 0.5
            found[edge, end] = centre[node] + share * height * _USED
    return {edge: (found[edge, 0], found[edge, 1]) for edge in arranged.paths}
