"""What the system decides about series: each service's routes, callees, queries and queues.

The attributes come from the descriptions that spans have, so a metric and the spans that it counts
agree on every address and name.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from telemetry_generator.draws import I64
from telemetry_generator.metrics.series import NO_OPERATION, Dimension
from telemetry_generator.semantics.describe import describe
from telemetry_generator.semantics.description import Case
from telemetry_generator.traces.table import Kind, Outcome
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Operation, Protocol, ServiceKind, ServiceNode, Topology


@dataclass(frozen=True, slots=True, eq=False)
class AxisTable:
    """The options of every service on one axis: `count` of them from `first` on.

    `first` and `count` have shape (services,).
    """

    dimension: Dimension
    first: I64
    count: I64


class _View(NamedTuple):
    """Which spans an axis is about, and which of their attributes it takes."""

    kind: Kind
    protocols: tuple[Protocol, ...]
    keys: tuple[str, ...]


_PEER = ("server.address", "server.port")
_STORES = (Protocol.DATABASE, Protocol.CACHE)
_MESSAGE = (
    "messaging.system",
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.destination.name",
)
_POOL = "db.client.connection.pool.name"

_VIEWS: dict[str, _View] = {
    "http_server": _View(
        Kind.SERVER, (Protocol.HTTP,), ("http.request.method", "http.route", "url.scheme")
    ),
    "http_server_method": _View(
        Kind.SERVER, (Protocol.HTTP,), ("http.request.method", "url.scheme")
    ),
    "http_client": _View(
        Kind.CLIENT, (Protocol.HTTP,), ("http.request.method", "url.template", *_PEER)
    ),
    "http_peer": _View(Kind.CLIENT, (Protocol.HTTP,), _PEER),
    "rpc_server": _View(Kind.SERVER, (Protocol.RPC,), ("rpc.system.name", "rpc.method")),
    "rpc_client": _View(Kind.CLIENT, (Protocol.RPC,), ("rpc.system.name", "rpc.method", *_PEER)),
    "db_client": _View(
        Kind.CLIENT,
        _STORES,
        (
            "db.system.name",
            "db.namespace",
            "db.collection.name",
            "db.operation.name",
            "db.query.summary",
            *_PEER,
        ),
    ),
    "db_pool": _View(Kind.CLIENT, _STORES, (*_PEER, "db.namespace")),
    "producer": _View(Kind.PRODUCER, (Protocol.MESSAGING,), (*_MESSAGE, *_PEER)),
    "consumer": _View(
        Kind.CONSUMER,
        (Protocol.MESSAGING,),
        (*_MESSAGE, "messaging.consumer.group.name", *_PEER),
    ),
}

WORLD_AXES = {name: (_POOL,) if name == "db_pool" else view.keys for name, view in _VIEWS.items()}
"""The names of the axes, and the attributes that each gives."""


def build_axis(name: str, topology: Topology) -> AxisTable:
    """Return the options that each service has on the axis of this name."""
    view = _VIEWS[name]
    queues = _queues_of_consumers(topology)

    @cache  # many callers call the same operation
    def option(number: int) -> Attributes:
        found = _attributes(view, topology.operations[number], topology, queues)
        return _pool(found) if name == "db_pool" else found

    found = [_options(_seen(view, service, topology), option) for service in topology.services]
    count = np.array([len(options) for options in found], np.int64)
    dimension = Dimension(
        tuple(option for options in found for option in options),
        np.array([number for options in found for number in options.values()], np.int64),
    )
    return AxisTable(dimension, np.cumsum(count) - count, count)


def _options(
    operations: Iterable[int], option: Callable[[int], Attributes]
) -> dict[Attributes, int]:
    """Return the options of these operations, each with the operation that it is about."""
    options: dict[Attributes, int] = {}
    for number in operations:
        # An option that several operations share is about none of them in particular.
        options[option(number)] = NO_OPERATION if option(number) in options else number
    return options


def called_operations(service: ServiceNode, topology: Topology) -> list[int]:
    """Return the operations of others that this service may call, ascending."""
    if topology.is_explicit:
        own = (topology.operations[at] for at in (*service.endpoints, *service.functions))
        numbers = {to for operation in own for call in operation.calls for to in call.operations}
    else:
        callees = (topology.services[callee] for callee in service.callees)
        numbers = {to for callee in callees for to in callee.endpoints}
    return sorted(numbers)


def _seen(view: _View, service: ServiceNode, topology: Topology) -> list[int]:
    """Return the operations whose spans of this kind the service emits."""
    if service.is_silent:
        return []
    calls = view.kind in (Kind.CLIENT, Kind.PRODUCER)
    numbers = called_operations(service, topology) if calls else service.endpoints
    operations = topology.operations
    return [number for number in numbers if operations[number].protocol in view.protocols]


def _attributes(
    view: _View, operation: Operation, topology: Topology, queues: dict[int, int]
) -> Attributes:
    """Return those attributes of the operation's successful spans that the axis takes."""
    queue = queues.get(operation.number, operation.service)
    case = Case(
        operation=operation,
        service=topology.services[operation.service],
        kind=view.kind,
        outcome=Outcome.OK,
        queue=topology.services[queue],
    )
    said = dict(describe(case).attributes)
    return tuple((key, said[key]) for key in view.keys if key in said)


def _pool(peer: Attributes) -> Attributes:
    """Return the name of the pool of connections to this database."""
    address, port, *namespace = (str(value) for _, value in peer)
    return ((_POOL, "/".join((f"{address}:{port}", *namespace))),)


def _queues_of_consumers(topology: Topology) -> dict[int, int]:
    """Return, for each operation that processes messages, the queue that they come from."""
    return {
        consumer: queue.number
        for queue in topology.services
        if queue.kind is ServiceKind.QUEUE
        for destination in queue.endpoints
        for call in topology.operations[destination].calls
        for consumer in call.operations
    }
