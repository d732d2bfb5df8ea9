"""Gives nodes and bends of a layered graph their heights: near their neighbours, never overlapping.

Each layer is a least-squares problem with an order to keep, which pooling adjacent violators solves
exactly (isotonic regression).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from telemetry_generator.inspection.html.layers import Layers

_PASSES = 8


def place_heights(arranged: Layers, size: Callable[[int], float], gap: float) -> dict[int, float]:
    """Return the centre of each node and bend; `size` is how high each is."""
    centre = {node: at for row in arranged.layers
              for node, at in zip(row, _stacked(row, size, gap), strict=True)}  # fmt: skip
    beside = _beside(arranged)
    for number in range(_PASSES):
        rows = arranged.layers if number % 2 else arranged.layers[::-1]
        for row in rows:
            wanted = [_mean([centre[each] for each in beside[node]], centre[node]) for node in row]
            centre.update(zip(row, _apart(row, wanted, size, gap), strict=True))
    top = min((at - size(node) / 2 for node, at in centre.items()), default=0)
    return {node: at - top for node, at in centre.items()}


def _stacked(row: Sequence[int], size: Callable[[int], float], gap: float) -> list[float]:
    """Return centres of a layer by itself, its middle at 0."""
    ends = _offsets(row, size, gap)
    middle = (ends[0] + ends[-1]) / 2
    return [end - middle for end in ends]


def _offsets(row: Sequence[int], size: Callable[[int], float], gap: float) -> list[float]:
    """Return the centres of a layer that is packed as closely as may be."""
    found = [0.0]
    for above, node in pairwise(row):
        found.append(found[-1] + (size(above) + size(node)) / 2 + gap)
    return found


def _apart(
    row: Sequence[int], wanted: Sequence[float], size: Callable[[int], float], gap: float
) -> list[float]:
    """Return the centres nearest to the wanted ones that keep order and distance."""
    offsets = _offsets(row, size, gap)
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        pool = (want - offset, 1)
        while pools and pools[-1][0] / pools[-1][1] > pool[0] / pool[1]:
            total, members = pools.pop()
            pool = (pool[0] + total, pool[1] + members)
        pools.append(pool)
    levels = [total / members for total, members in pools for _ in range(members)]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _beside(arranged: Layers) -> Mapping[int, list[int]]:
    beside: defaultdict[int, list[int]] = defaultdict(list)
    for path in arranged.paths.values():
        for one, other in pairwise(path):
            beside[one].append(other)
            beside[other].append(one)
    return beside


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
