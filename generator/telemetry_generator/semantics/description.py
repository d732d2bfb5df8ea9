"""The case of a span, and what all spans of one case say."""

from dataclasses import dataclass, replace
from enum import IntEnum

from telemetry_generator.semantics.pools import Pool
from telemetry_generator.traces.table import Kind, Outcome
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Operation, ServiceNode


class Peer(IntEnum):
    """Which addresses of the other side a span tells, where that side is in the set."""

    NONE = 0
    CALLER = 1
    """Who sent the request."""
    CALLER_AGENT = 2
    """Who sent the request, and with which HTTP client."""
    CALLEE = 3
    """Who answered."""


_PEER_KEYS = frozenset(
    {"client.address", "network.peer.address", "network.peer.port", "user_agent.original"}
)


@dataclass(frozen=True, slots=True)
class Case:
    """What decides on a span's text: the operation, the side of the call, and how it ended."""

    operation: Operation
    service: ServiceNode
    """The service that offers the operation."""
    kind: Kind
    outcome: Outcome
    """How the called side ended, as its caller sees it too."""
    from_outside: bool = False
    """Whether the caller is not in the set."""
    queue: ServiceNode | None = None
    """The broker that a message passes through."""

    @property
    def is_failure(self) -> bool:
        """Whether the operation itself did not succeed."""
        return self.outcome in (Outcome.FAILED, Outcome.FAULT)


@dataclass(frozen=True, slots=True)
class Description:
    """What all spans of a case say. Texts may hold markers (see `holes`)."""

    name: str
    attributes: Attributes
    pools: tuple[Pool, ...] = ()
    """Attributes whose values differ from span to span."""
    peer: Peer = Peer.NONE
    error: str | None = None
    """The message of an error status, maybe empty; None leaves the status unset."""

    def overlaid(self, attributes: Attributes) -> "Description":
        """Return this with the attributes of the configuration, which win."""
        rest = self.without(frozenset(key for key, _ in attributes))
        return replace(rest, attributes=(*rest.attributes, *attributes))

    def without(self, keys: frozenset[str]) -> "Description":
        """Return this without the attributes of these keys."""
        return replace(
            self,
            attributes=tuple(pair for pair in self.attributes if pair[0] not in keys),
            pools=tuple(pool for pool in self.pools if pool.key not in keys),
            peer=Peer.NONE if keys & _PEER_KEYS else self.peer,
        )


def server(case: Case, port: int) -> Attributes:
    """Return where the operation's service is called."""
    return (("server.address", server_address(case.service)), ("server.port", port))


def server_address(service: ServiceNode) -> str:
    """Return the host name under which a service is called."""
    return f"{service.name}.{service.namespace}.svc"


def error_type(kind: str, *, failed: bool) -> Attributes:
    """Return `error.type` of a failed span."""
    return (("error.type", kind),) if failed else ()
