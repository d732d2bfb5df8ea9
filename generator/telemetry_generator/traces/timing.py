"""Timing: durations from the leaves up, then start offsets from the root down."""

import math
from collections.abc import Sequence
from statistics import NormalDist

from telemetry_generator.keyed import Stream
from telemetry_generator.traces.tree import Kind, Node

PARALLEL_PERCENT = 25
"""Share of the children that run beside the sibling before them instead of after it."""

_SPREAD = 0.7  # sigma of the log-normal: the 99th percentile is five times the median
_STEPS = 256
_NETWORK_MICROS = 350


def _lognormal_factors() -> tuple[int, ...]:
    """Return the quantiles of a log-normal with median 1, in thousandths.

    Whole numbers, because `exp` differs in the last bit between processors.
    """
    quantiles = (NormalDist().inv_cdf((step + 0.5) / _STEPS) for step in range(_STEPS))
    return tuple(max(1, round(1000 * math.exp(_SPREAD * quantile))) for quantile in quantiles)


_FACTORS = _lognormal_factors()


def lay_out(nodes: Sequence[Node], stream: Stream) -> tuple[list[int], list[int]]:
    """Return start and end of each span in nanoseconds since the trace's start.

    Every child lies inside its parent: `start[parent] < start[child] <= end[child] <
    end[parent]`. Children follow one another or run beside each other; what is left of a
    parent's own time lies before, between and after them.
    """
    children = _children(nodes)
    offsets = [0] * len(nodes)
    durations = [0] * len(nodes)
    for at in range(len(nodes) - 1, -1, -1):
        own = _own_nanos(nodes[at], bool(children[at]), stream.bits())
        durations[at] = _place(children[at], own, offsets, durations, stream)
    for at, node in enumerate(nodes[1:], start=1):
        offsets[at] += offsets[node.parent]
    return offsets, [start + nanos for start, nanos in zip(offsets, durations, strict=True)]


def squeeze(times: list[int], longest: int, limit: int) -> list[int]:
    """Scale times so that `longest` becomes `limit` where it is above; the order stays."""
    return times if longest <= limit else [time * limit // longest for time in times]


def _children(nodes: Sequence[Node]) -> list[list[int]]:
    children: list[list[int]] = [[] for _ in nodes]
    for at, node in enumerate(nodes[1:], start=1):
        children[node.parent].append(at)
    return children


def _own_nanos(node: Node, has_children: bool, bits: int) -> int:
    """Return the time a span takes itself; for the caller of a traced service, the network's."""
    on_network = has_children and node.kind is Kind.CLIENT
    median_micros = _NETWORK_MICROS if on_network else node.operation.median_micros
    return median_micros * _FACTORS[bits % _STEPS] + (bits >> 32) % 1000


def _place(
    children: Sequence[int], own: int, offsets: list[int], durations: list[int], stream: Stream
) -> int:
    """Set the offsets of the children within their parent, and return its duration."""
    if not children:
        return own
    gap = own // (len(children) + 1) + 1
    end = before = 0
    for child in children:
        beside = end > 0 and stream.chance(PARALLEL_PERCENT)
        offsets[child] = before = before + 1 + gap // 8 if beside else end + gap
        end = max(end, before + durations[child])
    return end + gap
