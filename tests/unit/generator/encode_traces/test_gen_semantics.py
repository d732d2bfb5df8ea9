"""Descriptions of spans, case by case, where a sample of spans would not show it."""

import dataclasses
from typing import Any

import pytest

from span_samples import sample_topology
from telemetry_generator.semantics import http, rpc
from telemetry_generator.semantics.describe import describe
from telemetry_generator.semantics.description import Case, Description, Peer
from telemetry_generator.semantics.exceptions import exception_attributes
from telemetry_generator.semantics.holes import DIGITS, with_ids
from telemetry_generator.semantics.peers import instance_address, store_address
from telemetry_generator.semantics.pools import POOLS
from telemetry_generator.semantics.scopes import OWN_TRACER, scope_of
from telemetry_generator.traces.table import Kind, Outcome
from telemetry_generator.world.model import Protocol, ServiceNode

TOPOLOGY = sample_topology()


def case(protocol: Protocol, kind: Kind, outcome: Outcome = Outcome.OK, **changes: Any) -> Case:
    """The first operation of a protocol, maybe changed."""
    found = next(each for each in TOPOLOGY.operations if each.protocol is protocol)
    operation = dataclasses.replace(found, **changes)
    return Case(operation, TOPOLOGY.services[operation.service], kind, outcome)


def said(description: Description) -> dict[str, Any]:
    return dict(description.attributes)


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("kind", list(Kind))
def test_every_case_can_be_described(protocol: Protocol, outcome: Outcome, kind: Kind) -> None:
    """An error has a type, and what succeeded has none; OK is never an error."""
    described = describe(case(protocol, kind, outcome))
    assert described.name
    assert (described.error is not None) == ("error.type" in said(described))
    if outcome is Outcome.OK:
        assert described.error is None
    keys = [key for key, _ in described.attributes] + [pool.key for pool in described.pools]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("/orders", "/orders"),
        ("/orders/{id}", f"/orders/{DIGITS[0]}"),
        ("/orders/:id/items/:item", f"/orders/{DIGITS[0]}/items/{DIGITS[1]}"),
        ("/users/<int:id>/cart", f"/users/{DIGITS[0]}/cart"),
        ("/a/{a}/{b}/{c}/{d}/{e}", "/a/" + "/".join(DIGITS) + "/1"),
    ],
)
def test_placeholders_of_routes_become_ids(route: str, expected: str) -> None:
    assert with_ids(route) == expected


def test_a_response_without_content_has_no_size() -> None:
    keys = {pool.key for pool in describe(case(Protocol.HTTP, Kind.SERVER, method="DELETE")).pools}
    assert "http.response.body.size" not in keys


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Outcome.OK, 200), (Outcome.MISSING, 404), (Outcome.FAILED, 500), (Outcome.FAULT, 503)],
)
def test_http_answers_by_outcome(outcome: Outcome, code: int) -> None:
    fault = dataclasses.replace(TOPOLOGY.operations[0].fault, code="503")
    operation = dataclasses.replace(TOPOLOGY.operations[0], fault=fault)
    assert http.status_code(operation, outcome) == code


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.OK, "OK"),
        (Outcome.MISSING, "NOT_FOUND"),
        (Outcome.FAILED, "INTERNAL"),
        (Outcome.FAULT, "UNAVAILABLE"),
    ],
)
def test_grpc_answers_by_outcome(outcome: Outcome, code: str) -> None:
    assert rpc.status_code(case(Protocol.RPC, Kind.SERVER).operation, outcome) == code


def test_attributes_of_the_configuration_win() -> None:
    given = (("http.route", "/other"), ("client.port", 1), ("client.address", "10.0.0.1"))
    described = describe(case(Protocol.HTTP, Kind.SERVER, attributes=given))
    assert dict(given).items() <= said(described).items()
    assert "client.port" not in {pool.key for pool in described.pools}
    assert described.peer is Peer.NONE


def with_system(system: str, *, protocol: Protocol, kind: Kind) -> dict[str, Any]:
    found = case(protocol, kind)
    service: ServiceNode = dataclasses.replace(found.service, system=system)
    return said(describe(dataclasses.replace(found, service=service)))


def test_a_store_says_what_it_is() -> None:
    mysql = with_system("mysql", protocol=Protocol.DATABASE, kind=Kind.CLIENT)
    assert mysql["db.system.name"] == "mysql"
    assert mysql["server.port"] == mysql["network.peer.port"] == 3306
    assert mysql["db.namespace"] == "shop"
    postgresql = with_system("", protocol=Protocol.DATABASE, kind=Kind.CLIENT)
    assert postgresql["db.namespace"] == "shop|public"
    memcached = with_system("memcached", protocol=Protocol.CACHE, kind=Kind.CLIENT)
    assert memcached["server.port"] == 11211
    assert "db.namespace" not in memcached


def test_only_kafka_has_offsets() -> None:
    kafka = with_system("kafka", protocol=Protocol.MESSAGING, kind=Kind.PRODUCER)
    rabbitmq = with_system("rabbitmq", protocol=Protocol.MESSAGING, kind=Kind.PRODUCER)
    assert "messaging.kafka.offset" in kafka
    assert not any("kafka" in key for key in rabbitmq)
    assert rabbitmq["messaging.system"] == "rabbitmq"
    assert rabbitmq["server.port"] == 5672


def test_a_language_that_is_not_known_has_a_plain_stack_trace() -> None:
    attributes = dict(exception_attributes(TOPOLOGY.operations[0], "cobol"))
    assert str(attributes["exception.stacktrace"]).startswith("RuntimeError: it broke\n  at ")
    assert scope_of("cobol", Protocol.HTTP) is OWN_TRACER


def test_addresses_differ() -> None:
    addresses = [instance_address(number) for number in range(100_000)]
    addresses += [store_address(number) for number in range(100_000)]
    assert len(set(addresses)) == len(addresses)


def test_values_of_pools_are_in_order_and_plausible() -> None:
    for pool in POOLS:
        assert pool.values
        if isinstance(pool.values[0], int):
            assert all(isinstance(value, int) and value >= 0 for value in pool.values)
