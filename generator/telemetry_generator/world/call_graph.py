"""The graph of calls between operations: its cycles, its depth, and how many spans it makes."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

import numpy as np

from telemetry_generator.draws import F64, I64
from telemetry_generator.world.model import Call, Operation, Protocol

_SPANS = {Protocol.HTTP: 2, Protocol.RPC: 2}
"""A call to a service that is traced is a CLIENT and a SERVER span, any other call is one."""


def find_cycle(operations: Sequence[Operation]) -> list[int]:
    """Return operations that call one another in a circle, the first one again at the end.

    The list is empty when there are none.
    """
    try:
        TopologicalSorter(_callees(operations)).prepare()
    except CycleError as error:
        # The sorter takes callees for predecessors, so its circle runs from callee to caller.
        circle: list[int] = error.args[1][::-1]
        return circle
    return []


def longest_chain(operations: Sequence[Operation]) -> int:
    """Return how many calls in a row there can be in a graph without cycles."""
    callees = _callees(operations)
    depth: dict[int, int] = {}
    for number in TopologicalSorter(callees).static_order():
        depth[number] = max((depth[callee] + 1 for callee in callees[number]), default=0)
    return max(depth.values(), default=0)


def expected_spans(
    operations: Sequence[Operation],
    ingress: Sequence[int],
    weights: Sequence[int],
    max_depth: int,
) -> float:
    """Return how many spans a request makes on average, failures apart from retries left out.

    An operation that may still make d calls in a row makes `own + sum(calls * spans of callee
    with d - 1)` spans. A retry counts as often as the callee fails by itself. Infinity is for a
    number that is too large.
    """
    own = np.array([_SPANS.get(each.protocol, 1) for each in operations], np.float64)
    callers, callees, times = _edges(operations)
    spans = own
    with np.errstate(over="ignore"):
        for _ in range(max_depth):
            below = np.bincount(callers, times * spans[callees], len(operations))
            spans = own + below
    shares = np.array(weights, np.float64) / sum(weights)
    # Nobody in the system calls the ingress, so there is no CLIENT span before it.
    return float((shares * (spans[list(ingress)] - 1)).sum())


def _callees(operations: Sequence[Operation]) -> dict[int, list[int]]:
    return {
        operation.number: sorted({n for call in operation.calls for n in _called(call)})
        for operation in operations
    }


def _called(call: Call) -> list[int]:
    """Return the operations that a call can reach at all."""
    if not call.per_million or not call.most:
        return []
    return [n for n, weight in zip(call.operations, call.weights, strict=True) if weight]


def _edges(operations: Sequence[Operation]) -> tuple[I64, I64, F64]:
    """Return caller, callee and mean number of calls of each edge that can be taken."""
    edges = [
        (operation.number, callee, times)
        for operation in operations
        for call in operation.calls
        for callee, times in _means(call, operations)
    ]
    table = np.array(edges, np.float64).reshape(-1, 3)
    return table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]


def _means(call: Call, operations: Sequence[Operation]) -> list[tuple[int, float]]:
    """Return how often a call reaches each operation on average."""
    made = call.per_million / 1e6 * (call.fewest + call.most) / 2
    weights = dict(zip(call.operations, call.weights, strict=True))
    return [
        (
            number,
            made * weights[number] / sum(weights.values()) * _attempts(call, operations[number]),
        )
        for number in _called(call)
    ]


def _attempts(call: Call, operation: Operation) -> float:
    failing = operation.error_per_million / 1e6
    return sum(failing**attempt for attempt in range(call.retries + 1))
