"""Operations: what services do, by protocol, with the time it typically takes."""

import re
from dataclasses import dataclass
from enum import StrEnum

from telemetry_generator.keyed import Stream


class Protocol(StrEnum):
    """How an operation is invoked."""

    HTTP = "http"
    RPC = "rpc"
    DATABASE = "db"
    CACHE = "cache"
    INTERNAL = "internal"


STORES = frozenset({Protocol.DATABASE, Protocol.CACHE})
"""Data stores emit no spans of their own: a call to one is a CLIENT span only."""


@dataclass(frozen=True, slots=True)
class Fault:
    """How an operation fails: the exception, and the status code that callers see."""

    exception: str
    message: str
    code: str


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """Something a service does; compared by identity, so it can key a cache.

    `method` and `target` are an HTTP method and route, an RPC method and service, a database
    verb and table, a cache command and key group, or a function and its module. `text` is the
    query, where there is one. `median_micros` is the median time without callees.
    """

    protocol: Protocol
    service: str
    method: str
    target: str
    median_micros: int
    fault: Fault
    text: str = ""

    @property
    def takes_id(self) -> bool:
        """Whether the route names one entity, which may not exist."""
        return self.method == "GET" and "{id}" in self.target


_FRONTS = ("api", "gateway", "web", "front", "bff", "edge", "ingress")
_FRONT_NOUNS = ("orders", "products", "carts", "customers", "shipments")
_ROUTES = (
    ("GET", "/api/v1/{nouns}", 4_000),
    ("GET", "/api/v1/{nouns}/{{id}}", 2_500),
    ("POST", "/api/v1/{nouns}", 9_000),
    ("PUT", "/api/v1/{nouns}/{{id}}", 7_000),
    ("DELETE", "/api/v1/{nouns}/{{id}}", 5_000),
    ("GET", "/api/v1/{nouns}/{{id}}/history", 12_000),
)
_RPC_METHODS = (
    ("Get", 1_200),
    ("List", 3_000),
    ("Create", 4_000),
    ("Update", 3_500),
    ("Check", 900),
)
_TABLES = ("orders", "customers", "products", "payments", "shipments", "stock_levels")
_STATEMENTS = (
    ("SELECT", "SELECT * FROM {table} WHERE id = $1", 900),
    ("SELECT", "SELECT id, status FROM {table} WHERE customer_id = $1 LIMIT $2", 2_200),
    ("INSERT", "INSERT INTO {table} (id, customer_id, status) VALUES ($1, $2, $3)", 1_600),
    ("UPDATE", "UPDATE {table} SET status = $1, updated_at = now() WHERE id = $2", 1_900),
    ("DELETE", "DELETE FROM {table} WHERE id = $1", 1_400),
)
_COMMANDS = (("GET", 180), ("SET", 220), ("DEL", 170), ("EXPIRE", 150), ("HGETALL", 340))
_KEY_GROUPS = ("session", "cart", "product", "rate-limit")
_FUNCTIONS = (
    ("authorize", 400),
    ("validate", 250),
    ("enrich", 900),
    ("calculate_total", 600),
    ("serialize", 300),
    ("apply_rules", 1_500),
    ("render", 1_100),
)

_FAULTS = {
    Protocol.HTTP: (
        Fault("RuntimeError", "request handler failed", "500"),
        Fault("ConnectionError", "upstream connection refused", "503"),
        Fault("TimeoutError", "upstream deadline exceeded", "504"),
    ),
    Protocol.RPC: (
        Fault("RuntimeError", "method handler failed", "INTERNAL"),
        Fault("ConnectionError", "no healthy upstream", "UNAVAILABLE"),
        Fault("TimeoutError", "deadline exceeded", "DEADLINE_EXCEEDED"),
    ),
    Protocol.DATABASE: (
        Fault("QueryCanceled", "canceling statement due to statement timeout", "57014"),
        Fault("DeadlockDetected", "deadlock detected", "40P01"),
        Fault("UniqueViolation", "duplicate key value violates unique constraint", "23505"),
    ),
    Protocol.CACHE: (
        Fault("ConnectionError", "connection reset by peer", "LOADING"),
        Fault("ResponseError", "READONLY can't write against a read only replica", "READONLY"),
    ),
    Protocol.INTERNAL: (
        Fault("ValueError", "total does not match the sum of its lines", ""),
        Fault("KeyError", "currency not configured", ""),
        Fault("PermissionError", "token lacks the required scope", ""),
    ),
}


def endpoints(service: str, protocol: Protocol, stream: Stream) -> tuple[Operation, ...]:
    """Return the operations that others can call on `service`."""
    builders = {
        Protocol.HTTP: _http,
        Protocol.RPC: _rpc,
        Protocol.DATABASE: _database,
        Protocol.CACHE: _cache,
    }
    return builders[protocol](service, stream)


def functions(service: str, stream: Stream) -> tuple[Operation, ...]:
    """Return the operations that `service` does by itself."""
    module = f"shop.{_word(service, '_')}"
    return tuple(
        _operation(Protocol.INTERNAL, service, name, module, median, stream)
        for name, median in _FUNCTIONS
    )


def _http(service: str, stream: Stream) -> tuple[Operation, ...]:
    return tuple(
        _operation(Protocol.HTTP, service, method, route.format(nouns=nouns), median, stream)
        for nouns in _nouns(service)
        for method, route, median in _ROUTES
    )


def _rpc(service: str, stream: Stream) -> tuple[Operation, ...]:
    word = _word(service, "_")
    entity = "".join(part.capitalize() for part in word.split("_"))
    target = f"shop.{word}.v1.{entity}Service"
    return tuple(
        _operation(Protocol.RPC, service, verb + entity, target, median, stream)
        for verb, median in _RPC_METHODS
    )


def _database(service: str, stream: Stream) -> tuple[Operation, ...]:
    return tuple(
        _operation(
            Protocol.DATABASE, service, verb, table, median, stream, text.format(table=table)
        )
        for table in _TABLES
        for verb, text, median in _STATEMENTS
    )


def _cache(service: str, stream: Stream) -> tuple[Operation, ...]:
    return tuple(
        _operation(Protocol.CACHE, service, command, group, median, stream)
        for group in _KEY_GROUPS
        for command, median in _COMMANDS
    )


def _operation(
    protocol: Protocol,
    service: str,
    method: str,
    target: str,
    median_micros: int,
    stream: Stream,
    text: str = "",
) -> Operation:
    """Return an operation of this service: as fast as usual, give or take half."""
    median = median_micros * (50 + stream.below(101)) // 100
    fault = stream.pick(_FAULTS[protocol])
    return Operation(protocol, service, method, target, median, fault, text)


def _nouns(service: str) -> tuple[str, ...]:
    word = _word(service, "-").removesuffix("-service")
    if any(front in word for front in _FRONTS):
        return _FRONT_NOUNS
    if word.endswith("s"):
        return (word,)
    return (word[:-1] + "ies",) if word.endswith("y") else (word + "s",)


def _word(service: str, joint: str) -> str:
    return re.sub(r"[^a-z0-9]+", joint, service.lower()).strip(joint) or "item"
