"""What a span says, whatever its protocol."""

from collections.abc import Callable

from telemetry_generator.semantics import http, internal, messaging, rpc, stores
from telemetry_generator.semantics.description import Case, Description
from telemetry_generator.world.model import Protocol

_BY_PROTOCOL: dict[Protocol, Callable[[Case], Description]] = {
    Protocol.HTTP: http.describe,
    Protocol.RPC: rpc.describe,
    Protocol.DATABASE: stores.describe_database,
    Protocol.CACHE: stores.describe_cache,
    Protocol.MESSAGING: messaging.describe,
    Protocol.INTERNAL: internal.describe,
}


def describe(case: Case) -> Description:
    """Return what spans of this case say; attributes of the configuration win."""
    operation = case.operation
    return _BY_PROTOCOL[operation.protocol](case).overlaid(operation.attributes)
