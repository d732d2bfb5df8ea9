"""The generated system: names, protocols, and that every service can be reached."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.world.names import DEFAULT_NAMES, is_store, service_names
from telemetry_generator.world.operations import Protocol
from telemetry_generator.world.topology import ServiceNode, Topology, build_topology


def topology(seed: int = 0, **services: Any) -> Topology:
    return build_topology(ServicesConfig.model_validate(services), seed)


def reachable(start: tuple[ServiceNode, ...]) -> set[str]:
    found: set[str] = set()
    todo = list(start)
    while todo:
        node = todo.pop()
        if node.name not in found:
            found.add(node.name)
            todo += node.callees
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32), st.booleans())
def test_every_service_can_be_reached_from_an_ingress(count: int, seed: int, single: bool) -> None:
    made = topology(seed, count=count, ingress={"single": single})
    assert len(made.services) == count
    assert reachable(made.ingress) == {service.name for service in made.services}
    assert len(made.ingress) == 1 or not single


@pytest.mark.parametrize("names", [["db"], ["db", "cache"], ["cache", "api", "orders-db"]])
def test_a_store_behind_nothing_but_stores_still_gets_an_ingress(names: list[str]) -> None:
    made = topology(count=len(names), names=names)
    assert reachable(made.ingress) == set(names)
    assert {service.protocol for service in made.ingress} == {Protocol.HTTP}


def test_no_service_calls_one_before_it() -> None:
    made = topology(count=40)
    order = {service.name: at for at, service in enumerate(made.services)}
    pairs = [(a.name, b.name) for a in made.services for b in a.callees]
    assert pairs
    assert all(order[a] < order[b] for a, b in pairs)


def test_default_names_are_the_shop_then_numbers() -> None:
    assert service_names(12, []) == [*DEFAULT_NAMES, "service-11", "service-12"]


def test_names_that_are_given_come_first_and_never_twice() -> None:
    assert service_names(5, ["api", "db", "auth"]) == ["api", "db", "auth", "api-gateway", "user"]


def test_the_named_ingress_is_the_only_one() -> None:
    made = topology(count=6, ingress={"service": "order"})
    assert [service.name for service in made.ingress] == ["order"]


@pytest.mark.parametrize(
    ("name", "store"),
    [("db", True), ("orders-db", True), ("userdb", True), ("postgres-main", True),
     ("redis", True), ("session-cache", True), ("feedback", False), ("api", False),
     ("dashboard", False), ("adbroker", False)],
)  # fmt: skip
def test_a_name_tells_a_store(name: str, store: bool) -> None:
    assert is_store(name) is store
