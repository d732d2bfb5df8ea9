"""The tree of a request: which span calls which, before any of them has a time."""

from enum import IntEnum
from typing import NamedTuple

from telemetry_generator.keyed import Stream
from telemetry_generator.world.operations import Operation
from telemetry_generator.world.topology import ServiceNode, Topology

DOWNSTREAM_PERCENT = 70
"""Share of the steps that call another service; the others stay inside their own."""

ROOT = -1


class Kind(IntEnum):
    """Span kinds, with their numbers in OTLP."""

    INTERNAL = 1
    SERVER = 2
    CLIENT = 3


class Node(NamedTuple):
    """A span without times: `parent` is its index in the trace, ROOT for none.

    `detail` holds 32 random bits that both sides of a call share: the id in a URL, a size.
    """

    parent: int
    service: ServiceNode
    operation: Operation
    kind: Kind
    detail: int


class _Growth:
    """A tree while it grows, and the spans in it that can call or do more."""

    def __init__(self, topology: Topology, count: int, stream: Stream) -> None:
        self.nodes: list[Node] = []
        self._count = count
        self._stream = stream
        self._hosts: list[int] = []
        self._callers: list[int] = []
        door = stream.pick(topology.ingress)
        self._add_host(Node(ROOT, door, stream.pick(door.endpoints), Kind.SERVER, self._detail()))

    @property
    def room(self) -> int:
        return self._count - len(self.nodes)

    def grow(self) -> None:
        """Add one step: a call to another service, or work inside the same one."""
        if self._callers and self._stream.chance(DOWNSTREAM_PERCENT):
            self._call()
        else:
            self._work()

    def _call(self) -> None:
        parent, callee = self._last_call() if self.room == 1 else self._any_call()
        operation = self._stream.pick(callee.endpoints)
        detail = self._detail()
        caller = self.nodes[parent].service
        self.nodes.append(Node(parent, caller, operation, Kind.CLIENT, detail))
        if self.room and not callee.is_store:
            client = len(self.nodes) - 1
            self._add_host(Node(client, callee, operation, Kind.SERVER, detail))

    def _any_call(self) -> tuple[int, ServiceNode]:
        parent = self._stream.pick(self._callers)
        return parent, self._stream.pick(self.nodes[parent].service.callees)

    def _last_call(self) -> tuple[int, ServiceNode]:
        """Prefer a store when there is room for the CLIENT span only."""
        calls = [(at, callee) for at in self._callers for callee in self.nodes[at].service.callees]
        return self._stream.pick([call for call in calls if call[1].is_store] or calls)

    def _work(self) -> None:
        parent = self._stream.pick(self._hosts)
        service = self.nodes[parent].service
        function = self._stream.pick(service.functions)
        self._add_host(Node(parent, service, function, Kind.INTERNAL, self._detail()))

    def _add_host(self, node: Node) -> None:
        self._hosts.append(len(self.nodes))
        if node.service.callees:
            self._callers.append(len(self.nodes))
        self.nodes.append(node)

    def _detail(self) -> int:
        return self._stream.bits() >> 32


def grow_tree(topology: Topology, count: int, stream: Stream) -> list[Node]:
    """Return exactly `count` spans (at least 1), every parent before its children.

    The root is a SERVER span at a random ingress. A step downstream adds a CLIENT span in the
    caller and a SERVER span in the callee, or the CLIENT span alone when the callee is a store
    or the count leaves no room.
    """
    growth = _Growth(topology, count, stream)
    while growth.room > 0:
        growth.grow()
    return growth.nodes
