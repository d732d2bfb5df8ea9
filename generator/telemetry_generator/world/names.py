"""Service names: what services are called by default, and what a name says about a service."""

import re
from collections.abc import Sequence

from telemetry_generator.world.model import ServiceKind

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

# In order: a `kafka-consumer` is a consumer, a `cache-db` a cache.
_KINDS = (
    (ServiceKind.CONSUMER, re.compile(r"(^|[^a-z])(worker|consumer|subscriber)s?([^a-z]|$)")),
    (
        ServiceKind.QUEUE,
        re.compile(r"kafka|rabbit|pulsar|queue|(^|[^a-z])(brokers?|mq|bus|sqs)([^a-z]|$)"),
    ),
    (ServiceKind.CACHE, re.compile(r"cache|redis|valkey")),
    (
        ServiceKind.DATABASE,
        re.compile(r"(^|[^a-z])db([^a-z]|$)|db$|database|postgres|mysql|mariadb|mongo|cassandra"),
    ),
    (
        ServiceKind.GRPC,
        re.compile(r"^(auth|payment|inventory|service-\d*[13579])$|grpc|rpc"),
    ),
)


def service_names(count: int, given: Sequence[str]) -> list[str]:
    """Return the given names, then default names up to `count`."""
    names = list(given)
    taken = set(given)
    number = 0
    while len(names) < count:
        name = DEFAULT_NAMES[number] if number < len(DEFAULT_NAMES) else f"service-{number + 1}"
        number += 1
        if name not in taken:
            names.append(name)
    return names


def kind_of(name: str) -> ServiceKind:
    """Return what a service of this name is: `orders-db` a database, `kafka` a queue."""
    lowered = name.lower()
    told = (kind for kind, pattern in _KINDS if pattern.search(lowered))
    return next(told, ServiceKind.HTTP)
