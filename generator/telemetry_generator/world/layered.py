"""The layered graph that a number of services makes: who calls whom, without cycles.

Requests enter at the first services. A service calls a few of those behind it, and some of the
stores and queues; queues hand on to consumers. Every service can be reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.keyed import Stream
from telemetry_generator.world.model import SILENT, ServiceKind
from telemetry_generator.world.names import kind_of, service_names

_REACH = 3  # a service calls some of the services this far behind it
_MOST_STORES = 3


@dataclass(frozen=True, slots=True)
class Layers:
    """Services by name, in the order of the configuration, with their kinds and callees."""

    kinds: dict[str, ServiceKind]
    doors: tuple[str, ...]
    """Where requests enter."""
    callees: dict[str, list[str]]


def layered_graph(config: ServicesConfig, seed: int) -> Layers:
    """Return a graph in which every service can be reached from a door."""
    names = service_names(config.count, config.names)
    kinds = _fed({name: kind_of(name) for name in names})
    doors = _doors(config, names, kinds)
    # The outside speaks HTTP, so that a door is no queue any more.
    kinds = _fed(kinds | dict.fromkeys(doors, ServiceKind.HTTP))
    return Layers(kinds, tuple(doors), _callees(kinds, doors, Stream(seed, "layers")))


def _fed(kinds: dict[str, ServiceKind]) -> dict[str, ServiceKind]:
    """Return the kinds; without a queue, a consumer is an ordinary service."""
    if ServiceKind.QUEUE in kinds.values():
        return kinds
    plain = {ServiceKind.CONSUMER: ServiceKind.GRPC}
    return {name: plain.get(kind, kind) for name, kind in kinds.items()}


def _doors(
    config: ServicesConfig, names: Sequence[str], kinds: dict[str, ServiceKind]
) -> list[str]:
    """Return the ingress services: the configured one, or the first of those that serve."""
    if config.ingress.service is not None:
        return [config.ingress.service]
    servers = [name for name in names if _serves(kinds[name])] or [names[0]]
    return servers[: 1 if config.ingress.single else (len(servers) + 2) // 3]


def _serves(kind: ServiceKind) -> bool:
    return kind not in SILENT and kind is not ServiceKind.CONSUMER


def _callees(
    kinds: dict[str, ServiceKind], doors: Sequence[str], stream: Stream
) -> dict[str, list[str]]:
    """Return whom each service calls: later servers, then queues, consumers, stores."""
    of_door = frozenset(doors)
    servers = [*doors, *(n for n, kind in kinds.items() if _serves(kind) and n not in of_door)]
    queues = [name for name, kind in kinds.items() if kind is ServiceKind.QUEUE]
    consumers = [name for name, kind in kinds.items() if kind is ServiceKind.CONSUMER]
    stores = [n for n, kind in kinds.items() if kind in SILENT and kind is not ServiceKind.QUEUE]
    calls: dict[str, list[str]] = {name: [] for name in kinds}
    for at, name in enumerate(servers):
        first = max(at + 1, len(doors))
        later = stream.shuffled(servers[first : first + _REACH])
        calls[name] += later[: 1 + stream.below(_REACH)]
        calls[name] += _some([*queues, *stores], stream)
    for name in consumers:
        calls[stream.pick(queues)].append(name)
        calls[name] += _some(stores, stream)
    _reach_all(calls, servers, [*queues, *stores], len(doors), stream)
    return calls


def _some(names: Sequence[str], stream: Stream) -> list[str]:
    """Return up to three of the names."""
    picks = min(stream.below(_MOST_STORES + 1), len(names))
    return list(dict.fromkeys(stream.pick(names) for _ in range(picks)))


def _reach_all(
    calls: dict[str, list[str]],
    servers: Sequence[str],
    others: Sequence[str],
    doors: int,
    stream: Stream,
) -> None:
    """Let an earlier server call every service that nobody calls."""
    called = {callee for callees in calls.values() for callee in callees}
    for at, name in enumerate([*servers, *others]):
        if at >= doors and name not in called:
            calls[servers[stream.below(min(at, len(servers)))]].append(name)
