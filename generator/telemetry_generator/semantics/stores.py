"""Calls to data stores: https://opentelemetry.io/docs/specs/semconv/database/."""

from telemetry_generator.semantics import pools
from telemetry_generator.semantics.description import Case, Description, error_type, server
from telemetry_generator.semantics.holes import DIGITS
from telemetry_generator.semantics.peers import store_address
from telemetry_generator.traces.table import Outcome
from telemetry_generator.world.attributes import Attributes
from telemetry_generator.world.model import Operation

PORTS = {
    "postgresql": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "microsoft.sql_server": 1433,
    "oracle.db": 1521,
    "cockroachdb": 26257,
    "mongodb": 27017,
    "cassandra": 9042,
    "redis": 6379,
    "memcached": 11211,
}
"""Default ports by `db.system.name`."""

_CACHE_SYSTEM = "redis"
_DATABASE_SYSTEM = "postgresql"
_INDEX: dict[str, Attributes] = {"redis": (("db.namespace", "0"),)}
_READS = frozenset({"SELECT", "find", "aggregate"})


def describe_database(case: Case) -> Description:
    """Return what a query to a database says."""
    operation = case.operation
    system = case.service.system or _DATABASE_SYSTEM
    summary = f"{operation.method} {operation.target}"
    attributes: Attributes = (
        ("db.system.name", system),
        ("db.namespace", _database_name(case, system)),
        ("db.collection.name", operation.target),
        ("db.operation.name", operation.method),
        ("db.query.text", operation.text or summary),
        ("db.query.summary", summary),
        *_where(case, PORTS.get(system, PORTS[_DATABASE_SYSTEM])),
    )
    reads = operation.method in _READS and case.outcome is Outcome.OK
    return Description(
        summary, attributes, (pools.RETURNED_ROWS,) if reads else (), error=_message(case)
    )


def describe_cache(case: Case) -> Description:
    """Return what a command to a cache says."""
    operation = case.operation
    system = case.service.system or _CACHE_SYSTEM
    summary = f"{operation.method} {operation.target}"
    attributes: Attributes = (
        ("db.system.name", system),
        *_INDEX.get(system, ()),
        ("db.operation.name", operation.method),
        ("db.query.text", cache_command(operation)),
        ("db.query.summary", summary),
        *_where(case, PORTS.get(system, PORTS[_CACHE_SYSTEM])),
    )
    return Description(summary, attributes, error=_message(case))


def cache_command(operation: Operation) -> str:
    """Return the command with its key, and a marker for the id in the key."""
    return f"{operation.method} {operation.target}:{DIGITS[0]}"


def _database_name(case: Case, system: str) -> str:
    """Return the database, with the schema where the system has them."""
    name = case.service.namespace or case.service.name
    return f"{name}|public" if system == "postgresql" else name


def _where(case: Case, port: int) -> Attributes:
    """Return how the store failed, if it did, and its address."""
    code = case.operation.fault.code or case.operation.fault.exception
    failure: Attributes = (("db.response.status_code", code),) if case.is_failure else ()
    return (
        *failure,
        *error_type(code, failed=case.is_failure),
        *server(case, port),
        ("network.peer.address", store_address(case.service.number)),
        ("network.peer.port", port),
    )


def _message(case: Case) -> str | None:
    return case.operation.fault.message if case.is_failure else None
