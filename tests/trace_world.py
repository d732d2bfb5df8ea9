"""Small systems for tests of traces, from a few words, and the requests that go through them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.draws import I64, Bools
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.traces.table import ROOT, EventTable, Kind, LinkTable, SpanTable
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


def children(table: SpanTable) -> I64:
    """Return the rows that have a parent in the table."""
    return np.flatnonzero(table.parent != ROOT)


def main_roots(table: SpanTable) -> I64:
    """Return the row of each request's first span."""
    return np.flatnonzero((table.parent == ROOT) & (table.link < 0))


def depths(table: SpanTable) -> I64:
    """Return how deep each span stands in its trace, 1 for a root."""
    depth = np.ones(len(table), np.int64)
    for row in children(table).tolist():
        depth[row] = depth[table.parent[row]] + 1
    return depth


def is_pair(table: SpanTable) -> Bools:
    """Return which spans are calls that have a server's span below them."""
    pair = np.zeros(len(table), bool)
    served = children(table)
    served = served[table.kind[served] == Kind.SERVER]
    pair[table.parent[served]] = True
    return pair


def within_chance(happened: int, trials: int, probability: float) -> bool:
    """Return whether a count is within four standard deviations of a binomial's mean."""
    deviation = (trials * probability * (1 - probability)) ** 0.5
    return bool(abs(happened - trials * probability) <= 4 * deviation + 1e-9)


def same(one: SpanTable, other: SpanTable) -> bool:
    """Return whether two tables are equal, column by column."""
    return all(_equal(getattr(one, name), getattr(other, name)) for name in _names(SpanTable))


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, LinkTable | EventTable):
        return all(_equal(getattr(one, name), getattr(other, name)) for name in _names(type(one)))
    return bool(np.array_equal(one, other))


def joined(*tables: SpanTable) -> SpanTable:
    """Return the tables of neighbouring requests as one."""
    rows = np.cumsum([0, *map(len, tables)])
    traces = np.cumsum([0, *(len(table.sampled) for table in tables)])
    columns = {
        name: np.concatenate([getattr(table, name) for table in tables])
        for name in _names(SpanTable)
        if name not in ("parent", "link", "trace", "links", "events", "cut")
    }
    shifted = [(table, int(row)) for table, row in zip(tables, rows, strict=False)]
    return SpanTable(
        **columns,
        parent=np.concatenate([_shifted(table.parent, row) for table, row in shifted]),
        link=np.concatenate([_shifted(table.link, row) for table, row in shifted]),
        trace=np.concatenate([t.trace + at for t, at in zip(tables, traces, strict=False)]),
        links=_joined_extras(LinkTable, [(table.links, row) for table, row in shifted]),
        events=_joined_extras(EventTable, [(table.events, row) for table, row in shifted]),
        cut=sum(table.cut for table in tables),
    )


def _shifted(rows: I64, by: int) -> I64:
    return np.where(rows >= 0, rows + by, rows)


def _joined_extras(made: Any, extras: Sequence[tuple[Any, int]]) -> Any:
    columns = {
        name: np.concatenate([getattr(table, name) for table, _ in extras])
        for name in _names(made)
        if name != "owner"
    }
    return made(owner=np.concatenate([table.owner + row for table, row in extras]), **columns)


def _names(made: Any) -> list[str]:
    return [each.name for each in fields(made)]
