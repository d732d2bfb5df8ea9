"""The service topology: who calls whom, and where requests enter."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.keyed import Stream
from telemetry_generator.world.names import is_store, protocol_of, service_names
from telemetry_generator.world.operations import STORES, Operation, Protocol, endpoints, functions
from telemetry_generator.world.resources import Resource, hosts_for, service_instances

_REACH = 3  # a service calls some of the services this far behind it
_STORE_PERCENT = 50


@dataclass(frozen=True, slots=True, eq=False)
class ServiceNode:
    """A service: what it offers, what it does inside, and whom it calls."""

    name: str
    protocol: Protocol
    endpoints: tuple[Operation, ...]
    functions: tuple[Operation, ...]
    instances: tuple[Resource, ...]
    callees: tuple["ServiceNode", ...]

    @property
    def is_store(self) -> bool:
        """Whether the service is a database or a cache, which emits no spans itself."""
        return self.protocol in STORES


@dataclass(frozen=True, slots=True)
class Topology:
    """All services, callers before callees; requests from outside arrive at `ingress`."""

    services: tuple[ServiceNode, ...]
    ingress: tuple[ServiceNode, ...]
    hosts: int


def build_topology(config: ServicesConfig, seed: int) -> Topology:
    """Return a layered graph in which every service can be reached from an ingress."""
    names = service_names(config.count, config.names)
    doors = _door_names(config, names)
    names = [*doors, *(name for name in names if name not in doors)]
    protocols = {name: protocol_of(name) for name in names}
    protocols.update(dict.fromkeys(doors, Protocol.HTTP))  # the outside speaks HTTP
    names.sort(key=lambda name: protocols[name] in STORES)
    servers = [name for name in names if protocols[name] not in STORES]
    calls = _calls(servers, names[len(servers) :], len(doors), Stream(seed, "topology"))
    hosts = hosts_for(len(names))
    nodes: dict[str, ServiceNode] = {}
    for name in reversed(names):
        callees = tuple(nodes[callee] for callee in calls[name])
        nodes[name] = _node(seed, name, protocols[name], callees, hosts)
    services = tuple(nodes[name] for name in names)
    return Topology(services, services[: len(doors)], hosts)


def _door_names(config: ServicesConfig, names: Sequence[str]) -> list[str]:
    """Return the names of the ingress services: the configured one, or the first servers."""
    if config.ingress.service is not None:
        return [config.ingress.service]
    servers = [name for name in names if not is_store(name)] or [names[0]]
    return servers[: 1 if config.ingress.single else (len(servers) + 2) // 3]


def _calls(
    servers: Sequence[str], stores: Sequence[str], doors: int, stream: Stream
) -> dict[str, list[str]]:
    """Return whom each service calls: a few later servers, and some of the stores."""
    calls: dict[str, list[str]] = {name: [] for name in [*servers, *stores]}
    for at, name in enumerate(servers):
        first = max(at + 1, doors)
        later = stream.shuffled(servers[first : first + _REACH])
        calls[name] += later[: 1 + stream.below(_REACH)]
        calls[name] += [store for store in stores if stream.chance(_STORE_PERCENT)]
    called = {callee for callees in calls.values() for callee in callees}
    for at, name in enumerate([*servers, *stores]):
        if at >= doors and name not in called:
            calls[servers[stream.below(min(at, len(servers)))]].append(name)
    return calls


def _node(
    seed: int, name: str, protocol: Protocol, callees: tuple[ServiceNode, ...], hosts: int
) -> ServiceNode:
    stream = Stream(seed, "service", name)
    return ServiceNode(
        name=name,
        protocol=protocol,
        endpoints=endpoints(name, protocol, stream),
        functions=functions(name, stream),
        instances=service_instances(seed, name, hosts),
        callees=callees,
    )
