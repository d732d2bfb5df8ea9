"""Explicit topologies: what the configuration says is what the system does."""

from itertools import chain

import pytest

from telemetry_generator.world.model import Call, Latency, Protocol, ServiceKind
from world_samples import endpoints, explicit, reachable, service

TEN_LINES = """\
topology:
  services:
    web: {calls: [cart, catalog]}
    cart: {kind: grpc, calls: [redis-cache, {to: kafka, probability: 0.3}]}
    catalog: {calls: [products-db]}
    redis-cache:
    products-db:
    kafka:
    mailer: {kind: consumer, consumes: kafka.orders.created, calls: [products-db]}
"""

DETAILED = """\
topology:
  ingress: [{to: web.GET /, weight: 3}, {to: api, weight: 1}]
  services:
    web:
      kind: http
      namespace: front
      language: go
      version: 7.1.0
      replicas: 5
      resource_attributes: {app.team: blue}
      operations:
        GET /:
          weight: 4
          error_rate: 2.5
          latency: {median: 3ms, sigma: 0.4}
          fault: {type: Oops, message: no luck, code: 502}
          attributes: {app.page: home, app.beta: true}
          calls:
            - {to: api.save, probability: 0.25, count: 2..5, mode: async, retries: 3}
            - self.price
        other: {method: PUT, route: '/other/{id}'}
      functions:
        price: {calls: [{to: api, operations: {load: 3}}]}
      calls: [store]
    api:
      kind: grpc
      operations:
        load: {weight: 9}
        save-all: {method: Save, rpc_service: acme.Api}
        save:
    store:
      kind: database
      system: mysql
      operations:
        find: {statement: 'select name from people where id = ?'}
        plain: {collection: pets}
    keys:
      kind: cache
      operations: {SET: {key: session}, session: {}}
"""


def test_ten_lines_make_a_whole_system() -> None:
    made = explicit(TEN_LINES)
    assert made.is_explicit
    assert reachable(made) == {each.name for each in made.services}
    assert [each.kind.value for each in made.services] == [
        "http", "grpc", "http", "cache", "database", "queue", "consumer",
    ]  # fmt: skip
    assert {made.operations[number].service for number in made.ingress} == {0}
    assert made.max_depth == 4  # web, cart, kafka, mailer, products-db
    assert all(len(endpoints(made, name)) > 3 for name in ("web", "cart", "products-db", "kafka"))


def test_an_operation_is_as_configured() -> None:
    made = explicit(DETAILED)
    home = endpoints(made, "web")[0]
    assert (home.protocol, home.method, home.target) == (Protocol.HTTP, "GET", "/")
    assert home.latency == Latency(3_000, 400)
    assert home.error_per_million == 25_000
    assert (home.fault.exception, home.fault.message, home.fault.code) == ("Oops", "no luck", "502")
    assert home.attributes == (("app.page", "home"), ("app.beta", True))
    assert service(made, "web").weights == (4, 1)


def test_calls_are_as_configured() -> None:
    made = explicit(DETAILED)
    home = endpoints(made, "web")[0]
    price = service(made, "web").functions[0]
    save = endpoints(made, "api")[2].number
    assert home.calls == (
        Call((save,), (1,), per_million=250_000, fewest=2, most=5, concurrent=True, retries=3),
        Call((price,), (1,)),
    )
    numbers = tuple(each.number for each in endpoints(made, "api"))
    assert made.operations[price].protocol is Protocol.INTERNAL
    assert made.operations[price].calls == (Call(numbers, (3, 0, 0)),)


def test_operations_without_calls_make_those_of_their_service() -> None:
    made = explicit(DETAILED)
    stores = tuple(each.number for each in endpoints(made, "store"))
    assert endpoints(made, "web")[1].calls == (Call(stores, (1, 1)),)


def test_a_service_is_as_configured() -> None:
    made = explicit(DETAILED)
    web = service(made, "web")
    assert (web.kind, web.namespace, web.language) == (ServiceKind.HTTP, "front", "go")
    assert len(web.instances) == 5
    assert [made.services[callee].name for callee in web.callees] == ["api", "store"]
    resource = made.instances[web.instances[0]].resource
    assert resource["service.version"] == "7.1.0"
    assert resource["service.namespace"] == "front"
    assert resource["app.team"] == "blue"


def test_requests_enter_where_the_configuration_says() -> None:
    made = explicit(DETAILED)
    api = [each.number for each in endpoints(made, "api")]
    assert made.ingress == (endpoints(made, "web")[0].number, *api)
    shares = [weight / sum(made.ingress_weights) for weight in made.ingress_weights]
    assert shares == pytest.approx([0.75, 0.25 * 9 / 11, 0.25 / 11, 0.25 / 11])


def test_names_and_statements_say_what_is_not_configured() -> None:
    made = explicit(DETAILED)
    requests = {
        name: [(each.method, each.target) for each in endpoints(made, name)]
        for name in ("web", "api", "store", "keys")
    }
    assert requests == {
        "web": [("GET", "/"), ("PUT", "/other/{id}")],
        "api": [
            ("Load", "shop.api.v1.ApiService"),
            ("Save", "acme.Api"),
            ("Save", "shop.api.v1.ApiService"),
        ],
        "store": [("select", "people"), ("SELECT", "pets")],
        "keys": [("SET", "session"), ("SESSION", "session")],
    }
    assert endpoints(made, "store")[1].text == "SELECT * FROM pets WHERE id = ?"
    assert service(made, "store").system == "mysql"
    assert service(made, "keys").system == "redis"


def test_every_consumer_group_gets_each_message_once() -> None:
    made = explicit("""\
topology:
  services:
    web: {calls: [bus.orders]}
    bus: {kind: queue, operations: {orders: {destination: v1.orders}, other: {}}}
    mailer: {kind: consumer, consumes: bus.orders}
    shipper:
      kind: consumer
      group: ship
      operations:
        fast: {consumes: bus.orders, weight: 3}
        slow: {consumes: bus.orders, weight: 1}
        audit: {consumes: bus.orders, group: audit}
    drain: {kind: consumer, consumes: [bus]}
""")
    orders, other = endpoints(made, "bus")
    mail, (fast, slow, audit) = endpoints(made, "mailer"), endpoints(made, "shipper")
    drain = endpoints(made, "drain")
    assert [(call.operations, call.weights) for call in orders.calls] == [
        ((mail[0].number,), (1,)),
        ((fast.number, slow.number), (3, 1)),
        ((audit.number,), (1,)),
        ((drain[0].number,), (1,)),
    ]
    assert [call.operations for call in other.calls] == [(drain[1].number,)]
    assert {each.target for each in (*mail, fast, slow, audit)} == {"v1.orders"}
    groups = [dict(each.attributes) for each in (mail[0], fast, slow, audit)]
    assert [found["messaging.consumer.group.name"] for found in groups] == [
        "mailer", "ship", "ship", "audit",
    ]  # fmt: skip
    assert {each.method for each in (*mail, fast, slow, audit)} == {"process"}


def test_a_name_with_dots_is_found() -> None:
    made = explicit("""\
topology:
  services:
    web: {calls: [shop.cart.get, shop.cart]}
    shop.cart: {kind: grpc, operations: {get: {}, put: {}}}
""")
    calls = endpoints(made, "web")[0].calls
    get, put = (each.number for each in endpoints(made, "shop.cart"))
    assert [call.operations for call in calls[-2:]] == [(get,), (get, put)]


def test_a_plain_text_is_short_for_a_list_of_one() -> None:
    short = "topology: {ingress: web, services: {web: {calls: db}, db: {}}}"
    long = "topology: {ingress: [{to: web}], services: {web: {calls: [{to: db}]}, db: {}}}"
    assert explicit(short).ingress == explicit(long).ingress
    calls = [[each.calls for each in explicit(text).operations] for text in (short, long)]
    assert calls[0] == calls[1]


def test_the_seed_decides_what_is_not_configured() -> None:
    first, again, other = (explicit(TEN_LINES, seed) for seed in (1, 1, 2))
    assert first.operations[0].latency == again.operations[0].latency
    assert first.instances[0].resource.attributes == again.instances[0].resource.attributes
    assert [each.latency for each in first.operations] != [
        each.latency for each in other.operations
    ]


def test_replicas_come_from_the_infrastructure_unless_given() -> None:
    made = explicit(DETAILED, infrastructure={"replicas": 2})
    pods = [pod.service for pod in made.infrastructure.pods]
    assert [pods.count(number) for number in range(4)] == [5, 2, 2, 2]


def test_another_service_at_the_end_changes_no_instance() -> None:
    before = explicit(TEN_LINES)
    after = explicit(TEN_LINES + "    late: {}\n")
    pairs = zip(before.instances, after.instances, strict=False)
    assert all(old.resource.attributes == new.resource.attributes for old, new in pairs)
    assert len(after.instances) == len(before.instances) + 3


def test_weights_stay_within_what_a_choice_takes() -> None:
    made = explicit("""\
topology:
  services:
    web: {operations: {GET /a: {weight: 100000}, GET /b: {weight: 1}}, calls: [auth]}
    auth: {kind: grpc}
""")
    weights = chain([made.ingress_weights], (c.weights for o in made.operations for c in o.calls))
    assert all(0 < sum(each) < 1 << 32 for each in weights)
