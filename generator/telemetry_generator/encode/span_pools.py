"""Attributes that differ from span to span: every value of every pool, rendered once."""

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, child_keys
from telemetry_generator.encode.cells import Cells, Fragments
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.semantics.description import Peer
from telemetry_generator.semantics.http import PORT as HTTP_PORT
from telemetry_generator.semantics.peers import instance_address, user_agent
from telemetry_generator.semantics.pools import POOLS
from telemetry_generator.semantics.rpc import PORT as RPC_PORT
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Instance, ServiceKind, Topology


class PoolTable:
    """The values of all pools one after another; pool 0 has one value, nothing."""

    def __init__(self, number: int) -> None:
        """Render the values as the repeated field `number` of a message."""
        items = [
            attribute_bytes(number, ((pool.key, value),)) for pool in POOLS for value in pool.values
        ]
        self._table = Fragments.of([b"", *items])
        self._sizes = np.array([1, *(len(pool.values) for pool in POOLS)], np.int64)
        self._firsts = np.cumsum(self._sizes) - self._sizes
        self._sources = np.array([0, *(pool.source for pool in POOLS)], np.int64)

    def pick(self, pools: I64, sources: U64) -> Cells:
        """Return an attribute of each row from the row's pool.

        `pools` has shape (n,), `sources` the random bits of each `Source`, shape (sources, n).
        """
        deciding = sources[self._sources[pools], np.arange(len(pools))]
        chosen = below(child_keys(deciding, pools), self._sizes[pools])
        return Cells.pick(self._table, self._firsts[pools] + chosen)


class PeerTable:
    """The address of every replica, as its callers and its callees tell it."""

    def __init__(self, number: int, topology: Topology) -> None:
        """Render the attributes as the repeated field `number` of a message."""
        self._instances = len(topology.instances)
        roles = (Peer.CALLER, Peer.CALLER_AGENT, Peer.CALLEE)
        items = [
            attribute_bytes(number, _peer_attributes(role, instance, topology))
            for role in roles
            for instance in topology.instances
        ]
        self._table = Fragments.of([b"", *items])

    def pick(self, roles: I64, instances: I64) -> Cells:
        """Return what rows tell of their peers: -1 is an instance that is not known."""
        known = (roles > 0) & (instances >= 0)
        index = 1 + (roles - 1) * self._instances + instances
        return Cells.pick(self._table, np.where(known, index, 0))


def _peer_attributes(role: Peer, instance: Instance, topology: Topology) -> Attributes:
    service = topology.services[instance.service]
    address = instance_address(instance.number)
    match role:
        case Peer.CALLEE:
            port = RPC_PORT if service.kind is ServiceKind.GRPC else HTTP_PORT
            return (("network.peer.address", address), ("network.peer.port", port))
        case Peer.CALLER_AGENT:
            agent = user_agent(service.language)
            return (("client.address", address), ("user_agent.original", agent))
        case _:
            return (("client.address", address),)
