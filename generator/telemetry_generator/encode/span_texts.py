"""What spans say, rendered once for each case: name, kind, attributes and status."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from telemetry_generator.draws import I64, Bools
from telemetry_generator.encode.cells import Fragments, fixed64_tag
from telemetry_generator.encode.holes import MARKERS, find_holes
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.span_parts import SPAN_ATTRIBUTES
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.semantics.describe import describe
from telemetry_generator.semantics.description import Case, Description
from telemetry_generator.semantics.pools import POOLS
from telemetry_generator.traces.table import Kind, Outcome
from telemetry_generator.world.model import ServiceNode, Topology

SLOTS = 6
"""How many attributes of a span are drawn from pools, at most."""

_KINDS = len(Kind)
_OUTCOMES = len(Outcome)
_START = fixed64_tag(7) + bytes(8)
_END = fixed64_tag(8) + bytes(8)


class SpanTexts(NamedTuple):
    """What each of n spans says, as indices into tables."""

    heads: Fragments
    """Name, kind, times and the attributes that are the same for the case, with holes."""
    head: I64
    pools: I64
    """The pools of each span's varying attributes, 0 for none; shape (n, SLOTS)."""
    peer: I64
    """What it tells of its peer; see `semantics.description.Peer`."""
    statuses: Fragments
    status: I64


class _Columns(NamedTuple):
    """What is said outside of the head, by case."""

    statuses: Fragments
    pools: I64
    peers: I64


class SpanTextTable:
    """The texts of all cases that came up so far.

    Attributes whose key is among `reserved` are left out: another source gives them.
    """

    def __init__(self, topology: Topology, reserved: frozenset[str] = frozenset()) -> None:
        self._topology = topology
        self._reserved = reserved
        self._queues = _queues(topology)
        self._heads = LazyFragments(self._render, ("start", "end", *MARKERS))
        self._described: list[Description] = []
        self._columns = _columns([])

    def texts(self, operation: I64, kind: I64, outcome: I64, outside: Bools) -> SpanTexts:
        """Return the texts of spans; `outcome` is that of the called side."""
        code = ((operation * _KINDS + kind - 1) * _OUTCOMES + outcome) * 2 + outside
        head = self._heads.index(code)
        if len(self._columns.peers) != len(self._described):
            self._columns = _columns(self._described)
        statuses, pools, peers = self._columns
        return SpanTexts(self._heads.table, head, pools[head], peers[head], statuses, head)

    def _render(self, code: int) -> Rendered:
        case = self._case(code)
        described = describe(case).without(self._reserved)
        self._described.append(described)
        return _head(described, case.kind)

    def _case(self, code: int) -> Case:
        code, outside = divmod(code, 2)
        code, outcome = divmod(code, _OUTCOMES)
        number, kind = divmod(code, _KINDS)
        operation = self._topology.operations[number]
        service = self._topology.services[operation.service]
        queue = self._queues.get(number, service)
        return Case(operation, service, Kind(kind + 1), Outcome(outcome), bool(outside), queue)


def _queues(topology: Topology) -> dict[int, ServiceNode]:
    """Return the queue that each consumer's operation takes messages from."""
    return {
        consumer: topology.services[operation.service]
        for operation in topology.operations
        if topology.services[operation.service].is_silent
        for call in operation.calls
        for consumer in call.operations
    }


def _head(described: Description, kind: Kind) -> Rendered:
    named = Span(name=described.name, kind=Span.SpanKind.ValueType(kind))
    name = named.SerializeToString(deterministic=True)
    data = name + _START + _END + attribute_bytes(SPAN_ATTRIBUTES, described.attributes)
    start = len(name) + 1
    return Rendered(data, {"start": start, "end": start + len(_START), **find_holes(data)})


def _columns(described: Sequence[Description]) -> _Columns:
    pools = [_pool_numbers(one) for one in described]
    return _Columns(
        statuses=Fragments.of([_status(one) for one in described]),
        pools=np.array(pools, np.int64).reshape(-1, SLOTS),
        peers=np.array([one.peer for one in described], np.int64),
    )


def _status(described: Description) -> bytes:
    if described.error is None:
        return b""
    status = Status(code=Status.STATUS_CODE_ERROR, message=described.error)
    return Span(status=status).SerializeToString(deterministic=True)


def _pool_numbers(described: Description) -> list[int]:
    numbers = [1 + POOLS.index(pool) for pool in described.pools]
    return numbers + [0] * (SLOTS - len(numbers))
