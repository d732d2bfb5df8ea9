"""A small system and random spans of it, made row by row: material for tests of encoders."""

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from telemetry_generator.traces.table import ROOT, EventTable, Kind, LinkTable, Outcome, SpanTable
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

# name, kind, language, system
_SERVICES = (
    ("web", ServiceKind.HTTP, "java", ""),
    ("orders", ServiceKind.HTTP, "python", ""),
    ("payment", ServiceKind.GRPC, "go", ""),
    ("orders-db", ServiceKind.DATABASE, "", "postgresql"),
    ("legacy-db", ServiceKind.DATABASE, "", "mysql"),
    ("session-cache", ServiceKind.CACHE, "", "redis"),
    ("events", ServiceKind.QUEUE, "", "kafka"),
    ("mailer", ServiceKind.CONSUMER, "nodejs", ""),
)
_BROKEN = ("RuntimeError", "it broke")
# service, protocol, method, target, code of the fault, query
_OPERATIONS = (
    (0, Protocol.HTTP, "GET", "/shop", "500", ""),
    (0, Protocol.HTTP, "POST", "/shop/{cart_id}/checkout", "503", ""),
    (0, Protocol.INTERNAL, "render", "shop.web", "", ""),
    (1, Protocol.HTTP, "GET", "/orders/{id}", "504", ""),
    (1, Protocol.HTTP, "DELETE", "/orders/:id/items/<item>", "429", ""),
    (1, Protocol.HTTP, "GET", "/orders", "500", ""),
    (1, Protocol.INTERNAL, "calculate_total", "shop.orders", "", ""),
    (2, Protocol.RPC, "Charge", "shop.payment.v1.PaymentService", "UNAVAILABLE", ""),
    (2, Protocol.RPC, "GetCard", "shop.payment.v1.PaymentService", "INVALID_ARGUMENT", ""),
    (2, Protocol.INTERNAL, "verify", "shop.payment", "", ""),
    (3, Protocol.DATABASE, "SELECT", "orders", "57014", "SELECT * FROM orders WHERE id = $1"),
    (3, Protocol.DATABASE, "INSERT", "orders", "40P01", "INSERT INTO orders (id) VALUES ($1)"),
    (4, Protocol.DATABASE, "UPDATE", "stock", "1205", "UPDATE stock SET n = ? WHERE id = ?"),
    (5, Protocol.CACHE, "GET", "session", "LOADING", ""),
    (6, Protocol.MESSAGING, "send", "order-events", "NOT_LEADER_FOR_PARTITION", ""),
    (7, Protocol.MESSAGING, "process", "order-events", "", ""),
    (7, Protocol.INTERNAL, "send_mail", "shop.mailer", "", ""),
)
_SEND, _PROCESS = 14, 15
_INSTANCES = 2
_CALL_KINDS = {
    Protocol.HTTP: Kind.CLIENT,
    Protocol.RPC: Kind.CLIENT,
    Protocol.DATABASE: Kind.CLIENT,
    Protocol.CACHE: Kind.CLIENT,
    Protocol.MESSAGING: Kind.PRODUCER,
}


def sample_topology() -> Topology:
    """Eight services of all kinds, two replicas each of those that emit spans."""
    traced = [number for number, row in enumerate(_SERVICES) if row[1] not in _silent_kinds()]
    instances = tuple(
        Instance(at, service, _resource(_SERVICES[service][0], at), pod=at)
        for at, service in enumerate(s for s in traced for _ in range(_INSTANCES))
    )
    return Topology(
        services=tuple(_service(number, instances) for number in range(len(_SERVICES))),
        operations=tuple(_operation(number) for number in range(len(_OPERATIONS))),
        instances=instances,
        ingress=(0, 1),
        ingress_weights=(3, 1),
        infrastructure=Infrastructure((), (), ()),
        is_explicit=True,
        max_depth=8,
    )


def _silent_kinds() -> tuple[ServiceKind, ...]:
    return (ServiceKind.DATABASE, ServiceKind.CACHE, ServiceKind.QUEUE)


def _resource(name: str, number: int) -> Resource:
    attributes = (
        ("service.name", name),
        ("service.namespace", "shop"),
        ("service.instance.id", f"{name}-{number}"),
    )
    return Resource(attributes)


def _service(number: int, instances: tuple[Instance, ...]) -> ServiceNode:
    name, kind, language, system = _SERVICES[number]
    own = [at for at, row in enumerate(_OPERATIONS) if row[0] == number]
    functions = tuple(at for at in own if _OPERATIONS[at][1] is Protocol.INTERNAL)
    endpoints = tuple(at for at in own if at not in functions)
    return ServiceNode(
        number=number,
        name=name,
        namespace="shop",
        kind=kind,
        language=language,
        endpoints=endpoints,
        weights=(1,) * len(endpoints),
        functions=functions,
        callees=(),
        instances=tuple(each.number for each in instances if each.service == number),
        system=system,
    )


def _operation(number: int) -> Operation:
    service, protocol, method, target, code, text = _OPERATIONS[number]
    return Operation(
        number=number,
        service=service,
        protocol=protocol,
        method=method,
        target=target,
        latency=Latency(1000, 500),
        error_per_million=10_000,
        fault=Fault(*_BROKEN, code),
        text=text,
        calls=(Call((_PROCESS,), (1,)),) if number == _SEND else (),
    )


@dataclass
class _Rows:
    """Rows of a table under construction."""

    topology: Topology
    chance: random.Random
    request: int
    first: int = 0
    rows: list[dict[str, int]] = field(default_factory=list)

    def add(self, kind: Kind, operation: int, service: int, parent: int, trace: int) -> int:
        """Append a span within its parent; return its number, counted within the request."""
        start, end = 1 + self.request * 1000, 900_000_000
        if parent != ROOT:
            start, end = self.rows[parent]["start"] + 1, self.rows[parent]["end"] - 1
        self.rows.append(
            {
                "trace": trace,
                "parent": parent,
                "link": -1,
                "service": service,
                "instance": self.chance.choice(self.topology.services[service].instances),
                "operation": operation,
                "kind": kind,
                "outcome": self.chance.choice([Outcome.OK] * 4 + list(Outcome)),
                "attempt": self.chance.choice([0, 0, 0, 1, 2]),
                "start": start + self.chance.randrange(100),
                "end": end - self.chance.randrange(100),
                "key": self.chance.getrandbits(64),
                "detail": self.chance.getrandbits(64),
                "span_id": 1 + self.chance.getrandbits(63),
                "phantom": 0,
            }
        )
        return len(self.rows) - 1

    def grow(self, size: int) -> None:
        """Add a root and spans below it; a message is processed in a trace of its own."""
        root = self.add(Kind.SERVER, self.chance.choice((0, 1)), 0, ROOT, 0)
        if self.chance.random() < 0.2:
            self.rows[root]["phantom"] = 1 + self.chance.getrandbits(63)
        hosts: list[int] = [root]
        sent: list[int] = []
        while len(self.rows) < size:
            self._step(self.chance.choice(hosts), hosts, sent)
        for producer in sent:
            trace = 1 + self.rows[-1]["trace"]
            consumer = self.add(Kind.CONSUMER, _PROCESS, 7, ROOT, trace)
            self.rows[consumer]["link"] = producer
            self.add(Kind.INTERNAL, 16, 7, consumer, trace)

    def _step(self, parent: int, hosts: list[int], sent: list[int]) -> None:
        operation = self.topology.operations[self.chance.randrange(_PROCESS)]
        service = self.rows[parent]["service"]
        if operation.protocol is Protocol.INTERNAL:
            own = self.topology.services[service].functions
            hosts.append(self.add(Kind.INTERNAL, self.chance.choice(own), service, parent, 0))
            return
        kind = _CALL_KINDS[operation.protocol]
        call = self.add(kind, operation.number, service, parent, 0)
        if kind is Kind.PRODUCER:
            sent.append(call)
        elif self.topology.services[operation.service].instances:
            served = self.add(Kind.SERVER, operation.number, operation.service, call, 0)
            self.rows[served]["detail"] = self.rows[call]["detail"]
            self._agree(call, served)
            hosts.append(served)

    def _agree(self, call: int, served: int) -> None:
        """Let a caller fail when its callee does."""
        outcome = self.rows[served]["outcome"]
        self.rows[call]["outcome"] = Outcome.FAILED if outcome >= Outcome.FAILED else outcome


def sample_table(topology: Topology, first: int, count: int, late: float = 0.0) -> SpanTable:
    """Return the spans of requests `first` .. `first + count - 1`, the same in every table."""
    rows: list[dict[str, int]] = []
    for request in range(first, first + count):
        chance = random.Random(request)
        made = _Rows(topology, chance, request)
        made.grow(chance.randrange(1, 25))
        traces = rows[-1]["trace"] + 1 if rows else 0
        for row in made.rows:
            row["late"] = row["parent"] == ROOT and chance.random() < late
        rows += [_moved(row, request, len(rows), traces) for row in made.rows]
    return _table(rows)


def _moved(row: dict[str, int], request: int, rows: int, traces: int) -> dict[str, int]:
    """Return a row of a request as a row of the whole table."""
    moved = {name: row[name] + rows if row[name] >= 0 else -1 for name in ("parent", "link")}
    return {**row, **moved, "trace": row["trace"] + traces, "request": request}


def _table(rows: list[dict[str, int]]) -> SpanTable:
    words = {"key", "detail", "span_id", "phantom"}
    firsts = [
        row["span_id"]
        for at, row in enumerate(rows)
        if not at or rows[at - 1]["trace"] != row["trace"]
    ]
    columns: dict[str, Any] = {
        name: np.array([row[name] for row in rows], np.uint64 if name in words else np.int64)
        for name in rows[0]
        if name != "late"
    }
    return SpanTable(
        **columns,
        trace_high=np.array(firsts, np.uint64),
        trace_low=np.array(firsts, np.uint64) ^ np.uint64(0xABCDEF),
        is_late=np.array([row["late"] for row in rows], bool),
        sampled=np.array([word % 3 > 0 for word in firsts], bool),
        randomness=np.array([word % (1 << 56) for word in firsts], np.uint64),
        links=_links(rows),
        events=_events(rows),
    )


def _links(rows: list[dict[str, int]]) -> LinkTable:
    """Return up to two links of some of the spans, to spans that need not exist."""
    pairs = [(at, nth) for at, row in enumerate(rows) for nth in range(row["key"] % 7 - 4)]
    words = np.array([(rows[at]["key"] >> 1) + nth + 1 for at, nth in pairs], np.uint64)
    return LinkTable(np.array([at for at, _ in pairs], np.int64), words, words + 1, words + 2)


def _events(rows: list[dict[str, int]]) -> EventTable:
    """Return up to three events of some of the spans."""
    pairs = [(at, nth) for at, row in enumerate(rows) for nth in range(row["key"] % 9 - 5)]
    times = [rows[at]["start"] + 1 + (nth + 1) * (rows[at]["key"] % 5) for at, nth in pairs]
    keys = [random.Random(f"{rows[at]['key']}/{nth}").getrandbits(64) for at, nth in pairs]
    owners = np.array([at for at, _ in pairs], np.int64)
    return EventTable(owners, np.array(times, np.int64), np.array(keys, np.uint64))
