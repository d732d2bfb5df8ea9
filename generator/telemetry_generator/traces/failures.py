"""Failures: where a request breaks, and how far up its callers notice."""

from collections.abc import Sequence
from enum import Enum

from telemetry_generator.keyed import Stream
from telemetry_generator.traces.tree import ROOT, Kind, Node
from telemetry_generator.world.operations import STORES

FAULT_PERCENT = 0.8
"""Share of the spans in which a failure starts."""

RECOVERED_PERCENT = 35
"""Share of the failed calls that the caller survives: a retry elsewhere, a default answer."""

_MISSING_ONE_IN = 40


class Outcome(Enum):
    """How a span ended."""

    OK = "ok"
    MISSING = "missing"
    """The entity does not exist: 404, an error for the client only."""
    FAILED = "failed"
    """Something below it failed."""
    FAULT = "fault"
    """The failure started here, with an exception."""

    @property
    def is_failure(self) -> bool:
        """Whether the operation itself failed."""
        return self in (Outcome.FAILED, Outcome.FAULT)


def decide_outcomes(nodes: Sequence[Node], stream: Stream) -> list[Outcome]:
    """Return how each span ended. A failed SERVER span always fails its CLIENT span."""
    outcomes = [_own_outcome(node, stream) for node in nodes]
    for at in range(len(nodes) - 1, 0, -1):
        if not outcomes[at].is_failure or nodes[at].parent == ROOT:
            continue
        if nodes[at].kind is Kind.CLIENT and stream.chance(RECOVERED_PERCENT):
            continue
        if not outcomes[nodes[at].parent].is_failure:
            outcomes[nodes[at].parent] = Outcome.FAILED
    return outcomes


def _own_outcome(node: Node, stream: Stream) -> Outcome:
    """Return the outcome as if all callees did well.

    A call to a traced service fails on the side that serves it, one to a store where it is made.
    """
    can_start = node.kind is not Kind.CLIENT or node.operation.protocol in STORES
    if can_start and stream.chance(FAULT_PERCENT):
        return Outcome.FAULT
    missing = node.operation.takes_id and node.detail % _MISSING_ONE_IN == 0
    return Outcome.MISSING if missing else Outcome.OK
