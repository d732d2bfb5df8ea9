"""Small systems for tests of traces, from a few words, and the requests that go through them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.world.infrastructure import Infrastructure
from telemetry_generator.world.model import (
    Call,
    Fault,
    Instance,
    Latency,
    Operation,
    Protocol,
    ServiceKind,
    ServiceNode,
    Topology,
)
from telemetry_generator.world.resources import Resource

MINUTE = 60 * 10**9
REPLICAS = 3

_PROTOCOLS = {
    ServiceKind.HTTP: Protocol.HTTP,
    ServiceKind.GRPC: Protocol.RPC,
    ServiceKind.DATABASE: Protocol.DATABASE,
    ServiceKind.CACHE: Protocol.CACHE,
    ServiceKind.QUEUE: Protocol.MESSAGING,
    ServiceKind.CONSUMER: Protocol.MESSAGING,
}


@dataclass(frozen=True)
class Work:
    """An operation: `makes` are the calls it makes, by the names of operations."""

    name: str
    makes: Sequence[tuple[str, Mapping[str, Any]]] = ()
    errors: int = 8_000
    median_micros: int = 2_000
    sigma_millis: int = 700


@dataclass(frozen=True)
class Service:
    """A service: `inside` are the functions it has, `calls` the services that it calls."""

    name: str
    kind: ServiceKind = ServiceKind.HTTP
    offers: Sequence[Work] = ()
    inside: Sequence[Work] = ()
    calls: Sequence[str] = field(default=())


def system(
    services: Sequence[Service], doors: Mapping[str, int], *, explicit: bool, max_depth: int = 20
) -> Topology:
    """Return the topology of these services; names of operations are unique."""
    works = [(at, work) for at, one in enumerate(services) for work in (*one.offers, *one.inside)]
    numbers = {work.name: number for number, (_, work) in enumerate(works)}
    by_name = {one.name: at for at, one in enumerate(services)}
    return Topology(
        services=tuple(_service(at, one, by_name, numbers) for at, one in enumerate(services)),
        operations=tuple(
            _operation(number, at, work, services[at], numbers)
            for number, (at, work) in enumerate(works)
        ),
        instances=tuple(
            Instance(at * REPLICAS + replica, at, Resource(()), 0)
            for at, _ in enumerate(services)
            for replica in range(REPLICAS)
        ),
        ingress=tuple(numbers[name] for name in doors),
        ingress_weights=tuple(doors.values()),
        infrastructure=Infrastructure((), (), ()),
        is_explicit=explicit,
        max_depth=max_depth,
    )


def _service(
    at: int, service: Service, by_name: Mapping[str, int], numbers: Mapping[str, int]
) -> ServiceNode:
    silent = service.kind in (ServiceKind.DATABASE, ServiceKind.CACHE, ServiceKind.QUEUE)
    return ServiceNode(
        number=at,
        name=service.name,
        namespace="shop",
        kind=service.kind,
        language="go",
        endpoints=tuple(numbers[work.name] for work in service.offers),
        weights=tuple(1 + place for place, _ in enumerate(service.offers)),
        functions=tuple(numbers[work.name] for work in service.inside),
        callees=tuple(by_name[name] for name in service.calls),
        instances=() if silent else tuple(range(at * REPLICAS, (at + 1) * REPLICAS)),
    )


def _operation(
    number: int, at: int, work: Work, service: Service, numbers: Mapping[str, int]
) -> Operation:
    inside = work in service.inside
    return Operation(
        number=number,
        service=at,
        protocol=Protocol.INTERNAL if inside else _PROTOCOLS[service.kind],
        method="GET",
        target=f"/{work.name}/{{id}}",
        latency=Latency(work.median_micros, work.sigma_millis),
        error_per_million=work.errors,
        fault=Fault("Error", "it broke", "500"),
        calls=tuple(_call(target, options, numbers) for target, options in work.makes),
    )


def _call(target: str, options: Mapping[str, Any], numbers: Mapping[str, int]) -> Call:
    names = target.split("|")
    return Call(tuple(numbers[name] for name in names), (1,) * len(names), **options)


def _server(name: str, kind: ServiceKind, *calls: str) -> Service:
    offers = [Work(f"{name}.get"), Work(f"{name}.list")]
    inside = [Work(f"{name}.check", median_micros=300), Work(f"{name}.render", median_micros=900)]
    return Service(name, kind, offers, inside, calls)


SHOP = system(
    [
        _server("web", ServiceKind.HTTP, "orders", "users", "cache"),
        _server("api", ServiceKind.HTTP, "orders", "payment", "queue"),
        _server("orders", ServiceKind.HTTP, "payment", "database", "queue"),
        _server("users", ServiceKind.HTTP, "cache", "database"),
        _server("payment", ServiceKind.GRPC),
        Service("database", ServiceKind.DATABASE, [Work("select"), Work("insert")]),
        Service("cache", ServiceKind.CACHE, [Work("read")]),
        Service(
            "queue",
            ServiceKind.QUEUE,
            [Work("send", [("mail", {}), ("count", {})]), Work("log")],
            calls=["mailer", "counter"],
        ),
        Service("mailer", ServiceKind.CONSUMER, [Work("mail")], [Work("mail.render")], ["users"]),
        Service("counter", ServiceKind.CONSUMER, [Work("count")], [Work("counter.add")]),
    ],
    {"web.get": 3, "web.list": 1, "api.get": 2},
    explicit=False,
)
"""A layered system with everything that there is."""

ALONE = system([_server("web", ServiceKind.HTTP)], {"web.get": 1}, explicit=False)
"""One service that calls nobody."""

CHAIN = system(
    [_server("web", ServiceKind.HTTP, "api"), _server("api", ServiceKind.GRPC, "payment"),
     _server("payment", ServiceKind.HTTP)],
    {"web.get": 1},
    explicit=False,
)  # fmt: skip
"""Three services in a row, and no store."""


def factory(
    topology: Topology = SHOP, seed: int = 0, horizon: int = 10 * MINUTE, **config: Any
) -> TraceFactory:
    """Return the requests of a system; keyword arguments are the configuration of traces."""
    return TraceFactory.of(TracesConfig.model_validate(config), topology, seed, horizon)
