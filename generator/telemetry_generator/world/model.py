"""The generated system as every signal sees it: services, operations, calls, and who runs them.

All of it is numbered, so that columns of spans, records and series can refer to it by index.
"""

from dataclasses import dataclass
from enum import StrEnum

from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.infrastructure import Infrastructure
from telemetry_generator.world.resources import Resource


class ServiceKind(StrEnum):
    """What a service is, which decides how it is called and whether it emits spans itself."""

    HTTP = "http"
    GRPC = "grpc"
    DATABASE = "database"
    CACHE = "cache"
    QUEUE = "queue"
    """A message broker: producers send to it, consumers take from it; it emits no spans."""
    CONSUMER = "consumer"
    """Works on messages of a queue; it may also be called by nobody else."""


SILENT = frozenset({ServiceKind.DATABASE, ServiceKind.CACHE, ServiceKind.QUEUE})
"""Kinds that emit no spans of their own: a call to one is a CLIENT or PRODUCER span only."""


class Protocol(StrEnum):
    """How an operation is invoked."""

    HTTP = "http"
    RPC = "rpc"
    DATABASE = "db"
    CACHE = "cache"
    MESSAGING = "messaging"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Latency:
    """Own time of an operation, without its callees: log-normal."""

    median_micros: int
    sigma_millis: int
    """Standard deviation of the logarithm, in thousandths."""


@dataclass(frozen=True, slots=True)
class Fault:
    """How an operation fails: the exception, and the status code that callers see."""

    exception: str
    message: str
    code: str


@dataclass(frozen=True, slots=True)
class Call:
    """What an operation does in an explicit topology: one edge of the graph.

    `operations` are the callee's, chosen by `weights`. The call happens with the probability
    `per_million`, and then between `fewest` and `most` times.
    """

    operations: tuple[int, ...]
    weights: tuple[int, ...]
    per_million: int = 1_000_000
    fewest: int = 1
    most: int = 1
    concurrent: bool = False
    """Whether the caller goes on meanwhile, so that the call overlaps what follows."""
    retries: int = 0
    """How often a failed attempt is tried again; each attempt is a sibling span."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """Something a service does; `number` is its index in `Topology.operations`.

    `method` and `target` are an HTTP method and route, an RPC method and service, a database
    verb and table, a cache command and key group, `send` or `process` and a queue's destination,
    or a function and its module. `text` is the query, where there is one.
    """

    number: int
    service: int
    """The service that offers it: an index into `Topology.services`."""
    protocol: Protocol
    method: str
    target: str
    latency: Latency
    error_per_million: int
    """How often it fails by itself, whatever its callees do."""
    fault: Fault
    text: str = ""
    attributes: Attributes = ()
    """Further attributes of its spans, from the configuration."""
    calls: tuple[Call, ...] = ()
    """What it calls, in order, in an explicit topology; a queue's subscriptions in any."""


@dataclass(frozen=True, slots=True, eq=False)
class ServiceNode:
    """A service: what it offers, what it does inside, and whom it calls."""

    number: int
    name: str
    namespace: str
    kind: ServiceKind
    language: str
    endpoints: tuple[int, ...]
    """Operations that others can call."""
    weights: tuple[int, ...]
    """How often each endpoint is chosen, relative to the others."""
    functions: tuple[int, ...]
    """INTERNAL operations, which it does by itself."""
    callees: tuple[int, ...]
    """Services that it calls; none of them calls back in a layered graph. A queue's are its
    consumers."""
    instances: tuple[int, ...]
    """Its replicas: indices into `Topology.instances`; a silent service has none."""
    system: str = ""
    """What a database, cache or queue is: `postgresql`, `redis`, `kafka`; a well-known value of
    `db.system.name` or `messaging.system`."""

    @property
    def is_silent(self) -> bool:
        """Whether it emits no spans of its own."""
        return self.kind in SILENT


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One replica of a service: the resource of its spans, logs, metrics and profiles."""

    number: int
    service: int
    resource: Resource
    pod: int
    """Where it runs: an index into `Infrastructure.pods`."""


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """The whole system: each service, operation and instance is at the index of its number.

    Messages are edges in layered and explicit topologies alike: an operation of a queue is a
    destination to `send` to, and its `calls` are its subscriptions, one for each consumer group:
    they lead to `process` operations of consumers. A message's processing is a CONSUMER span in a
    trace of its own, linked to the producer's span.
    """

    services: tuple[ServiceNode, ...]
    operations: tuple[Operation, ...]
    instances: tuple[Instance, ...]
    ingress: tuple[int, ...]
    """Operations (not services) at which requests from outside arrive."""
    ingress_weights: tuple[int, ...]
    """How often each of them is chosen, relative to the others."""
    infrastructure: Infrastructure
    is_explicit: bool
    """Whether requests follow the operations' `calls`; otherwise a request grows to its number of
    spans along `ServiceNode.callees`."""
    max_depth: int
    """How many calls in a row a request may make: an operation at this depth calls nobody. The
    ingress has depth 0; functions, stores and messages count as well."""
    expected_spans: float = 0.0
    """Spans that a request makes on average, without failures; 0 unless it is explicit."""
