"""What a service's name says about it."""

import pytest

from telemetry_generator.world.model import ServiceKind
from telemetry_generator.world.names import DEFAULT_NAMES, kind_of, service_names
from telemetry_generator.world.systems import system_by_name

_KINDS = {
    ServiceKind.DATABASE: ("db", "orders-db", "userdb", "postgres-main", "mongo", "database"),
    ServiceKind.CACHE: ("redis", "session-cache", "valkey"),
    ServiceKind.QUEUE: ("kafka", "order-queue", "message-broker", "rabbitmq", "events-bus", "mq"),
    ServiceKind.CONSUMER: ("worker", "mail-worker", "kafka-consumer", "queue-workers"),
    ServiceKind.GRPC: ("auth", "grpc-users", "service-11"),
    ServiceKind.HTTP: ("feedback", "api", "dashboard", "adbroker", "business", "coworkers-api"),
}


@pytest.mark.parametrize(
    ("name", "kind"), [(name, kind) for kind, names in _KINDS.items() for name in names]
)
def test_a_name_tells_the_kind(name: str, kind: ServiceKind) -> None:
    assert kind_of(name) is kind


@pytest.mark.parametrize(
    ("name", "system"),
    [("orders-db", "postgresql"), ("mysql-main", "mysql"), ("mongo", "mongodb"),
     ("cassandra", "cassandra"), ("mariadb", "mariadb")],
)  # fmt: skip
def test_a_name_tells_the_database(name: str, system: str) -> None:
    found = system_by_name(ServiceKind.DATABASE, name)
    assert found is not None
    assert found.name == system


def test_code_of_its_own_is_no_system() -> None:
    assert system_by_name(ServiceKind.HTTP, "mysql-admin") is None


def test_default_names_are_the_shop_then_numbers() -> None:
    assert service_names(12, []) == [*DEFAULT_NAMES, "service-11", "service-12"]


def test_names_that_are_given_come_first_and_never_twice() -> None:
    assert service_names(5, ["api", "db", "auth"]) == ["api", "db", "auth", "api-gateway", "user"]
