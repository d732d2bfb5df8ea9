"""The kinds of requests that access logs tell of: everything about them follows from the span."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, child_keys
from telemetry_generator.encode.cells import Cells
from telemetry_generator.encode.holes import FILLERS
from telemetry_generator.encode.lazy_fragments import LazyFragments
from telemetry_generator.logs.table import NONE, Places
from telemetry_generator.semantics.describe import describe
from telemetry_generator.semantics.description import Case, Description, Peer
from telemetry_generator.semantics.pools import OUTSIDE_ADDRESS, POOLS, RESPONSE_BODY, USER_AGENT
from telemetry_generator.traces.table import Kind, Outcome
from telemetry_generator.world.model import Topology

DRAWN = (OUTSIDE_ADDRESS, USER_AGENT, RESPONSE_BODY)
"""What differs from request to request: the client and its agent, the size of the answer."""

POOL_NUMBERS = np.array([1 + POOLS.index(pool) for pool in DRAWN], np.int64)
"""Their places among all pools, counted from 1 as `PoolTable` does."""

_OUTCOMES = len(Outcome)


def case_codes(places: Places) -> I64:
    """Return what decides on the text of each record: operation, outcome, whence it came."""
    codes: I64 = (places.operation * _OUTCOMES + places.outcome) * 2 + (places.peer == NONE)
    return codes


def describe_case(topology: Topology, code: int) -> Description:
    """Return what the SERVER spans of a case say."""
    code, outside = divmod(code, 2)
    number, outcome = divmod(code, _OUTCOMES)
    operation = topology.operations[number]
    service = topology.services[operation.service]
    return describe(Case(operation, service, Kind.SERVER, Outcome(outcome), bool(outside)))


def which_drawn(described: Description) -> list[bool]:
    """Return which of `DRAWN` the spans have, and last whether they tell of their callers."""
    return [pool in described.pools for pool in DRAWN] + [described.peer is Peer.CALLER_AGENT]


def drawn_values(slot: int, places: Places) -> I64:
    """Return which value of pool `DRAWN[slot]` each record has: the one that its span has."""
    bits = sources(places)[DRAWN[slot].source]
    keys = child_keys(bits, np.full(len(bits), POOL_NUMBERS[slot]))
    return below(keys, len(DRAWN[slot].values))


def sources(places: Places) -> U64:
    """Return the random bits of each `semantics.pools.Source`; shape (3, n)."""
    return np.stack([places.thread, places.call, places.request])


def with_ids(table: LazyFragments, index: I64, call: U64) -> Cells:
    """Return fragments with the ids of each call in their holes."""
    fragments = table.table
    fill = {
        name: filler(call)
        for name, filler in FILLERS.items()
        if (fragments.holes[name][index] >= 0).any()
    }
    return Cells.pick(fragments, index, fill)
