"""Access logs: a line in the combined log format, with the values that the request's span has.

The combined log format is that of the Apache HTTP Server
(https://httpd.apache.org/docs/current/logs.html#combined), without the time, which the record has.
"""

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, child_keys
from telemetry_generator.encode.cells import Cells, Fragments, join
from telemetry_generator.encode.holes import FILLERS, find_holes
from telemetry_generator.encode.lazy_fragments import LazyFragments, Rendered
from telemetry_generator.encode.log_messages import rows_of
from telemetry_generator.encode.span_pools import PeerTable, PoolTable
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.logs.table import NONE, Places
from telemetry_generator.semantics.describe import describe
from telemetry_generator.semantics.description import Case, Description, Peer
from telemetry_generator.semantics.peers import instance_address, user_agent
from telemetry_generator.semantics.pools import OUTSIDE_ADDRESS, POOLS, RESPONSE_BODY, USER_AGENT
from telemetry_generator.traces.table import Kind, Outcome
from telemetry_generator.world.model import Topology

_KEYS = frozenset(
    {
        "error.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.protocol.version",
        "url.path",
        "url.query",
        "url.scheme",
    }
)
_POOLS = (OUTSIDE_ADDRESS, USER_AGENT, RESPONSE_BODY)
_POOL_NUMBERS = np.array([1 + POOLS.index(pool) for pool in _POOLS], np.int64)
_OUTCOMES = len(Outcome)


class AccessTable:
    """What access logs say of each kind of request, rendered when it first comes up."""

    def __init__(self, number: int, topology: Topology) -> None:
        """Render attributes as the repeated field `number` of a message."""
        self._number = number
        self._topology = topology
        self._attributes = LazyFragments(self._render_attributes, tuple(FILLERS))
        self._requests = LazyFragments(self._render_request, tuple(FILLERS))
        self._pools = PoolTable(number)
        self._peers = PeerTable(number, topology)
        self._drawn: list[list[bool]] = []
        self._roles: list[int] = []
        addresses = [instance_address(one.number) for one in topology.instances]
        agents = [user_agent(topology.services[one.service].language) for one in topology.instances]
        self._clients = _texts("-", *OUTSIDE_ADDRESS.values, *addresses)
        self._agents = _texts("-", *USER_AGENT.values, *agents)
        self._sizes = _texts("-", *RESPONSE_BODY.values)

    def attributes(self, places: Places) -> Cells:
        """Return the attributes of each record."""
        index = self._attributes.index(_codes(places))
        sources = _sources(places)
        drawn = np.array(self._drawn, np.int64).reshape(-1, len(_POOLS))[index] * _POOL_NUMBERS
        return join(
            _filled(self._attributes, index, places.call),
            *(self._pools.pick(drawn[:, slot], sources) for slot in range(len(_POOLS))),
            self._peers.pick(np.array(self._roles, np.int64)[index], places.peer),
        )

    def lines(self, places: Places) -> list[bytes]:
        """Return the line of each record, in UTF-8."""
        case = self._attributes.index(_codes(places))
        drawn = np.array(self._drawn, np.bool_).reshape(-1, len(_POOLS))[case]
        is_known = (np.array(self._roles, np.int64)[case] > 0) & (places.peer != NONE)
        client, agent, size = (
            np.where(drawn[:, slot], 1 + _chosen(slot, places), 0) for slot in range(len(_POOLS))
        )
        client = np.where(is_known, 1 + len(OUTSIDE_ADDRESS.values) + places.peer, client)
        agent = np.where(is_known, 1 + len(USER_AGENT.values) + places.peer, agent)
        request = self._requests.index(_codes(places))
        count = len(case)
        return rows_of(
            join(
                Cells.pick(self._clients, client),
                _filled(self._requests, request, places.call),
                Cells.pick(self._sizes, size),
                Cells.constant(count, b' "-" "'),
                Cells.pick(self._agents, agent),
                Cells.constant(count, b'"'),
            )
        )

    def _describe(self, code: int) -> Description:
        code, outside = divmod(code, 2)
        number, outcome = divmod(code, _OUTCOMES)
        operation = self._topology.operations[number]
        service = self._topology.services[operation.service]
        case = Case(operation, service, Kind.SERVER, Outcome(outcome), bool(outside))
        return describe(case)

    def _render_attributes(self, code: int) -> Rendered:
        described = self._describe(code)
        self._drawn.append([pool in described.pools for pool in _POOLS])
        self._roles.append(Peer.CALLER_AGENT if described.peer is Peer.CALLER_AGENT else Peer.NONE)
        told = [pair for pair in described.attributes if pair[0] in _KEYS]
        data = attribute_bytes(self._number, told)
        return Rendered(data, find_holes(data))

    def _render_request(self, code: int) -> Rendered:
        """Render the middle of a line: what was asked for, and the status code."""
        told = dict(self._describe(code).attributes)
        query = f"?{told['url.query']}" if "url.query" in told else ""
        target = f"{told['http.request.method']} {told['url.path']}{query}"
        version, status = told["network.protocol.version"], told["http.response.status_code"]
        data = f' - - "{target} HTTP/{version}" {status} '.encode()
        return Rendered(data, find_holes(data))


def _codes(places: Places) -> I64:
    codes: I64 = (places.operation * _OUTCOMES + places.outcome) * 2 + (places.peer == NONE)
    return codes


def _sources(places: Places) -> U64:
    """Return the random bits of each `semantics.pools.Source`; shape (3, n)."""
    return np.stack([places.thread, places.call, places.request])


def _chosen(slot: int, places: Places) -> I64:
    """Return which value of a pool each record has: the same that its span has."""
    pool = _POOLS[slot]
    bits = _sources(places)[pool.source]
    return below(child_keys(bits, np.full(len(bits), _POOL_NUMBERS[slot])), len(pool.values))


def _filled(table: LazyFragments, index: I64, call: U64) -> Cells:
    """Return fragments with the ids of each call in their holes."""
    fragments = table.table
    fill = {
        name: filler(call)
        for name, filler in FILLERS.items()
        if (fragments.holes[name][index] >= 0).any()
    }
    return Cells.pick(fragments, index, fill)


def _texts(*values: object) -> Fragments:
    return Fragments.of([str(value).encode() for value in values])
