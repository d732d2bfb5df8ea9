"""The layered graph that a number of services makes."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry_generator.world.model import Protocol, ServiceKind, Topology
from telemetry_generator.world.names import DEFAULT_NAMES
from world_samples import endpoints, layered, reachable, service

_NAMES = ("kafka", "order-worker", "mail-consumer", "orders-db", "redis-cache", "web", "rabbit-mq")


def order(topology: Topology) -> list[int]:
    """Return services so that each comes after all that call it; a cycle is an error."""
    todo = {each.number: set(each.callees) for each in topology.services}
    done: list[int] = []
    while todo:
        leaves = [number for number, callees in todo.items() if callees <= set(done)]
        assert leaves, "a cycle"
        done += leaves
        for leaf in leaves:
            del todo[leaf]
    return done


@settings(max_examples=60, deadline=None)
@given(
    st.integers(8, 60),
    st.integers(0, 2**32),
    st.booleans(),
    st.lists(st.sampled_from(_NAMES), unique=True),
)
def test_every_service_can_be_reached_and_no_call_leads_back(
    count: int, seed: int, single: bool, names: list[str]
) -> None:
    made = layered(seed, count=count, names=names, ingress={"single": single})
    assert len(made.services) == count
    assert reachable(made) == {each.name for each in made.services}
    assert len(order(made)) == count


@pytest.mark.parametrize("names", [["db"], ["db", "cache"], ["cache", "api", "orders-db"]])
def test_a_store_behind_nothing_but_stores_still_gets_an_ingress(names: list[str]) -> None:
    made = layered(count=len(names), names=names)
    assert reachable(made) == set(names)
    assert {made.operations[number].protocol for number in made.ingress} == {Protocol.HTTP}


@pytest.mark.parametrize("ingress", [{}, {"service": "kafka"}, {"service": "order-worker"}])
def test_a_queue_that_has_become_the_ingress_leaves_its_consumers_reachable(
    ingress: dict[str, str],
) -> None:
    made = layered(count=3, names=["kafka", "order-worker", "db"], ingress=ingress)
    assert reachable(made) == {"kafka", "order-worker", "db"}
    assert {made.operations[number].protocol for number in made.ingress} == {Protocol.HTTP}


def test_numbers_are_indexes() -> None:
    made = layered(count=12, names=["kafka", "worker"])
    assert [each.number for each in made.services] == list(range(12))
    assert [each.number for each in made.operations] == list(range(len(made.operations)))
    assert [each.number for each in made.instances] == list(range(len(made.instances)))
    for each in made.services:
        numbers = (*each.endpoints, *each.functions)
        assert {made.operations[number].service for number in numbers} == {each.number}
        assert {made.instances[number].service for number in each.instances} <= {each.number}


def test_three_names_leave_the_rest_to_the_defaults() -> None:
    made = layered(count=10, names=["api", "db", "auth"])
    names = [each.name for each in made.services]
    assert names == ["api", "db", "auth", "api-gateway", *DEFAULT_NAMES[2:8]]


def test_the_ten_default_services_are_a_shop() -> None:
    kinds = {each.name: each.kind for each in layered(count=10).services}
    assert tuple(kinds) == DEFAULT_NAMES
    assert kinds["cache"] is ServiceKind.CACHE
    assert kinds["database"] is ServiceKind.DATABASE


def test_the_named_ingress_is_the_only_one() -> None:
    made = layered(count=6, ingress={"service": "order"})
    assert {made.operations[number].service for number in made.ingress} == {3}


def test_requests_enter_at_every_ingress_service_alike() -> None:
    """Whatever the number of their operations and the weights of these."""
    made = layered(count=10)
    weight: dict[int, int] = {}
    for number, share in zip(made.ingress, made.ingress_weights, strict=True):
        at = made.operations[number].service
        weight[at] = weight.get(at, 0) + share
    assert len(weight) == 3
    assert max(weight.values()) == pytest.approx(min(weight.values()), rel=1e-6)
    assert sum(made.ingress_weights) < 1 << 32


def test_messages_of_a_queue_go_to_its_consumers() -> None:
    made = layered(count=8, names=["kafka", "order-worker", "mail-consumer"])
    workers = [service(made, "order-worker"), service(made, "mail-consumer")]
    assert set(service(made, "kafka").callees) == {worker.number for worker in workers}
    called = {
        n for send in endpoints(made, "kafka") for call in send.calls for n in call.operations
    }
    assert called == {number for worker in workers for number in worker.endpoints}
    for send in endpoints(made, "kafka"):
        for number in (n for call in send.calls for n in call.operations):
            assert made.operations[number].target == send.target
            assert made.operations[number].method == "process"


def test_without_a_queue_a_worker_is_called_like_any_service() -> None:
    made = layered(count=4, names=["web", "worker"], ingress={"single": True})
    worker = service(made, "worker")
    assert worker.kind is ServiceKind.GRPC
    assert worker.endpoints
    assert "worker" in reachable(made)


def test_namespaces_are_given_by_turns_unless_assigned() -> None:
    made = layered(
        count=5, namespaces=["front", "back"], namespace_assignments={"auth": "security"}
    )
    found = [each.namespace for each in made.services]
    assert found == ["front", "security", "front", "back", "front"]
    resource = made.instances[service(made, "auth").instances[0]].resource
    assert resource["service.namespace"] == resource["k8s.namespace.name"] == "security"


def test_the_seed_decides() -> None:
    def calls(seed: int) -> list[tuple[int, ...]]:
        return [each.callees for each in layered(seed, count=30).services]

    assert calls(1) == calls(1)
    assert calls(1) != calls(2)


def test_ten_thousand_services_are_built_in_seconds() -> None:
    """The bound is generous, for a busy machine; it took 4 seconds."""
    started = time.process_time()
    made = layered(count=10_000, infrastructure={"replicas": 2})
    assert time.process_time() - started < 30
    assert len(made.services) == 10_000
    assert sum(made.ingress_weights) < 1 << 32
