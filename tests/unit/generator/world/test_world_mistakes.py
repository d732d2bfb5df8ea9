"""Mistakes in a topology: each is found with its place before anything is written."""

import re

import pytest

from telemetry_common.config import parse_yaml, validate
from telemetry_common.errors import ConfigError
from telemetry_generator.config.model import GeneratorConfig
from world_samples import explicit

GOOD = """\
topology:
  max_depth: 5
  ingress:
    - web
  services:
    web:
      operations:
        GET /:
          weight: 1
          latency: {p50: 5ms, p99: 30ms}
          calls:
            - to: cart.get
              probability: 0.5
              count: 1..3
    cart:
      kind: grpc
      operations:
        get:
          weight: 1
          fault: {code: INTERNAL}
      functions:
        price: {}
      calls: [db, {to: bus.orders, mode: async}]
    db: {}
    bus:
      kind: queue
      operations:
        orders: {}
        other: {}
    mailer:
      kind: consumer
      consumes: bus.orders
"""

BAD = {
    "an unknown key": ("mode: async", "mod: async", 23, "mod: unknown key; did you mean 'mode'"),
    "an unknown kind": ("kind: grpc", "kind: rpc", 16, "kind"),
    "an unknown service": ("to: cart.get", "to: carts", 12, "'carts'; did you mean 'cart'"),
    "an unknown operation": ("cart.get", "cart.got", 12, "no operation 'got'; did you mean 'get'"),
    "a function of another": ("cart.get", "cart.price", 12, "only itself can call it"),
    "an unknown function": ("[db,", "[db, self.prize,", 23, "no operation 'prize'"),
    "an unknown weight": ("[db,", "[{to: bus, operations: {all: 1}},", 23, "no operation 'all'"),
    "weights of one": (
        "bus.orders, m", "bus.orders, operations: {orders: 1}, m", 23, "one operation"
    ),
    "weights of a call": ("[db,", "[{to: bus, operations: {other: 0}},", 23, "sum to 0"),
    "weights of operations": (
        "get:\n          weight: 1", "get:\n          weight: 0", 17, "sum to 0"
    ),
    "weights of the ingress": ("- web", "- {to: web, weight: 0}", 3, "sum to 0"),
    "a negative weight": ("GET /:\n          weight: 1", "GET /:\n          weight: -1", 9, "-1"),
    "an unlikely probability": ("0.5", "1.5", 13, "less than or equal to 1"),
    "a count that goes down": ("1..3", "3..1", 14, "must go up"),
    "a count that is none": ("1..3", "some", 14, "not a number or a range"),
    "percentiles out of order": ("p50: 5ms", "p50: 50ms", 10, "p99: must not be below p50"),
    "a word for a latency": ("{p50: 5ms, p99: 30ms}", "fast", 10, "not a duration"),
    "a status that does not exist": ("code: INTERNAL", "code: 500", 20, "no gRPC status"),
    "an error rate of 101 %": ("weight: 1\n          f", "error_rate: 101\n          f", 19, "100"),
    "a setting of another kind": (
        "weight: 1\n          f", "route: /x\n          f", 19, "kind grpc"
    ),
    "an ingress that is a store": ("- web", "- db", 4, "'db' is a database"),
    "an ingress that consumes": ("- web", "- mailer", 4, "'mailer' is a consumer"),
    "an unknown ingress": ("- web", "- wep", 4, "did you mean 'web'"),
    "a call to a consumer": ("[db,", "[mailer,", 23, "call the queue that"),
    "a store that calls": ("db: {}", "db: {calls: [web]}", 24, "a database calls nobody"),
    "a topic that calls": ("other: {}", "other: {calls: [web]}", 29, "a queue calls nobody"),
    "an unknown destination": ("consumes: bus.orders", "consumes: bus.order", 32, "'orders'"),
    "consuming from a store": ("consumes: bus.orders", "consumes: db", 32, "not a queue"),
    "consuming nothing": ("      consumes: bus.orders\n", "", 30, "needs consumes"),
    "consuming as a server": ("kind: grpc", "consumes: bus", 16, "only a consumer"),
    "an unknown system": ("db: {}", "db: {system: kafka}", 24, "use one of postgresql"),
    "an unknown language": ("kind: grpc", "language: cobol", 16, "use one of java"),
    "a language of a store": ("db: {}", "db: {language: go}", 24, "no code of its own"),
    "an identity of its own": (
        "kind: grpc", "resource_attributes: {service.name: x}", 16, "anyway"
    ),
    "an operation and a function alike": ("price: {}", "get: {}", 22, "already"),
    "two operations alike": ("orders: {}", "orders: {destination: other}", 29, "already"),
    "a name twice": ("db: {}", "web: {}", 24, "duplicate key 'web'"),
    "a name with a space": ("db: {}", "d b: {}", 24, "pattern"),
    "no services": (GOOD[GOOD.index("  services") :], "  services: {}\n", 5, "at least 1"),
    "too many spans": ("count: 1..3", "count: 10000", 2, "on average, more than 1,048,576"),
}  # fmt: skip


def mistake(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        explicit(text)
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_mistakes_start_from_a_good_topology() -> None:
    assert explicit(GOOD).expected_spans > 3


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_a_mistake_is_named_with_its_line(case: tuple[str, str, int, str]) -> None:
    good, bad, line, problem = case
    assert good in GOOD
    text = GOOD.replace(good, bad, 1)
    if "10000" in bad:
        text = text.replace("[db,", "[{to: db, count: 10000},")
    error = mistake(text)
    assert error.place == f"shop.yaml:{line}", error
    assert problem in str(error)


CIRCLE = """\
topology:
  services:
    web: {calls: [a.x]}
    a: {kind: grpc, operations: {x: {calls: [b]}}}
    b:
      kind: grpc
      operations: {y: {}}
      calls: [kafka]
    kafka: {operations: {t: {}}}
    c: {kind: consumer, operations: {z: {consumes: kafka.t, calls: [a]}}}
"""


def test_a_circle_without_a_depth_is_shown() -> None:
    """Also one that leads over a queue: messages make calls too."""
    error = mistake(CIRCLE)
    shown = re.search(r"\((.+)\)", error.problem)
    assert shown is not None
    circle = shown[1].split(" -> ")
    assert circle[0] == circle[-1]
    assert set(circle) == {"a.x", "b.y", "kafka.t", "c.z"}
    start = circle.index("a.x")
    assert [*circle[start:-1], *circle[:start]] == ["a.x", "b.y", "kafka.t", "c.z"]
    assert error.fix == "give topology.max_depth"
    assert error.place in {"shop.yaml:4", "shop.yaml:8", "shop.yaml:10"}


def test_a_depth_ends_a_circle() -> None:
    made = explicit(CIRCLE.replace("topology:", "topology:\n  max_depth: 9", 1))
    assert made.max_depth == 9
    assert 10 < made.expected_spans < 20


def test_an_operation_with_several_destinations_is_asked_which() -> None:
    text = GOOD.replace("consumes: bus.orders", "operations: {take: {consumes: bus}}")
    assert "which of its destinations: orders, other?" in str(mistake(text))


def test_an_operation_of_a_consumer_says_what_it_consumes() -> None:
    text = GOOD.replace("consumes: bus.orders", "operations: {take: {}}")
    assert "needs consumes" in str(mistake(text))


def test_a_consumer_is_described_in_one_way() -> None:
    text = GOOD + "      operations: {take: {consumes: bus.other}}\n"
    assert mistake(text).problem.startswith("topology.services.mailer.consumes: give operations")


def test_a_system_of_stores_has_no_ingress() -> None:
    text = "topology:\n  services:\n    db: {}\n    cache: {}\n"
    assert "no http or grpc service" in str(mistake(text))


def test_services_are_said_once() -> None:
    text = GOOD + "traces:\n  count: 5\n  services: {count: 3}\n"
    with pytest.raises(ConfigError, match=r"shop.yaml:35: traces.services: the topology says"):
        validate(GeneratorConfig, parse_yaml(text, "shop.yaml"))
