"""Service names: what services are called by default, and what a name says about a service."""

import re
from collections.abc import Sequence

from telemetry_generator.world.operations import STORES, Protocol

DEFAULT_NAMES = (
    "api-gateway",
    "auth",
    "user",
    "order",
    "payment",
    "inventory",
    "notification",
    "analytics",
    "cache",
    "database",
)

_DATABASE = re.compile(r"(^|[^a-z])db([^a-z]|$)|db$|database|postgres|mysql|mongo|cassandra")
_CACHE = re.compile(r"cache|redis|valkey")
_RPC = re.compile(r"^(auth|payment|inventory|service-\d*[13579])$|grpc|rpc")


def service_names(count: int, given: Sequence[str]) -> list[str]:
    """Return the given names, then default names up to `count`."""
    names = list(given)
    number = 0
    while len(names) < count:
        name = DEFAULT_NAMES[number] if number < len(DEFAULT_NAMES) else f"service-{number + 1}"
        number += 1
        if name not in given:
            names.append(name)
    return names


def protocol_of(name: str) -> Protocol:
    """Return the protocol that a service of this name speaks: `db` is a database."""
    lowered = name.lower()
    if _CACHE.search(lowered):
        return Protocol.CACHE
    if _DATABASE.search(lowered):
        return Protocol.DATABASE
    return Protocol.RPC if _RPC.search(lowered) else Protocol.HTTP


def is_store(name: str) -> bool:
    """Return whether a service of this name is a database or a cache."""
    return protocol_of(name) in STORES
