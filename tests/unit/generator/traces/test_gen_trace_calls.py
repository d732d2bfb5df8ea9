"""Requests along an explicit topology: every operation makes the calls that it is told to."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry_generator.draws import Bools
from telemetry_generator.traces.table import ROOT, Kind, Outcome, SpanTable
from telemetry_generator.world.model import ServiceKind, Topology
from trace_world import Service, Work, children, depths, factory, is_pair, system, within_chance

N = 4000
Edge = tuple[str, Mapping[str, Any]]


def caller(*edges: Edge, errors: int = 0, max_depth: int = 8) -> Topology:
    """Return a service that makes these calls, to a server, a store and a broker."""
    return system(
        [
            Service("web", ServiceKind.HTTP, [Work("web", edges, 0)], [Work("inside", errors=0)]),
            Service("api", ServiceKind.GRPC, [Work("one", (), errors), Work("two", (), errors)]),
            Service("db", ServiceKind.DATABASE, [Work("read", (), errors)]),
            Service("queue", ServiceKind.QUEUE, [Work("send", [("mail", {}), ("count", {})], 0)]),
            Service("mailer", ServiceKind.CONSUMER, [Work("mail", [("one", {})], 0)]),
            Service("counter", ServiceKind.CONSUMER, [Work("count", (), 0)]),
        ],
        {"web": 1},
        explicit=True,
        max_depth=max_depth,
    )


def number(topology: Topology, name: str) -> int:
    return next(each.number for each in topology.operations if each.target == f"/{name}/{{id}}")


def made(topology: Topology, table: SpanTable, name: str) -> Bools:
    """Return which spans are the caller's side of an operation."""
    found: Bools = (table.operation == number(topology, name)) & (table.kind != Kind.SERVER)
    return found


def test_operations_call_in_order_whom_they_are_told_to() -> None:
    topology = caller(("one", {}), ("inside", {}), ("read", {}))
    table = factory(topology).table(0, 50)
    kinds = [Kind.SERVER, Kind.CLIENT, Kind.INTERNAL, Kind.CLIENT, Kind.SERVER]
    assert table.kind.tolist() == 50 * kinds
    assert table.parent[:5].tolist() == [ROOT, 0, 0, 0, 1]
    assert (np.diff(table.start[1:4]) > 0).all()


def test_a_call_happens_with_its_probability() -> None:
    topology = caller(("one", {"per_million": 300_000}))
    calls = made(topology, factory(topology).table(0, N), "one").sum()
    assert within_chance(int(calls), N, 0.3)


def test_a_call_is_made_between_fewest_and_most_times() -> None:
    topology = caller(("read", {"fewest": 2, "most": 5}))
    times = np.bincount(factory(topology).table(0, N).request) - 1
    assert sorted(set(times.tolist())) == [2, 3, 4, 5]
    assert all(within_chance(int((times == each).sum()), N, 0.25) for each in range(2, 6))


def test_a_call_chooses_among_operations() -> None:
    topology = caller(("one|two", {}))
    assert within_chance(int(made(topology, factory(topology).table(0, N), "two").sum()), N, 0.5)


def test_a_server_is_called_in_a_pair_of_spans_and_a_store_in_one() -> None:
    topology = caller(("one", {}), ("read", {}))
    table = factory(topology).table(0, 20)
    assert is_pair(table)[made(topology, table, "one")].all()
    assert not is_pair(table)[made(topology, table, "read")].any()


def test_every_subscription_takes_up_a_message_in_a_trace_of_its_own() -> None:
    """The consumer's own calls belong to that trace."""
    table = factory(caller(("send", {}))).table(0, 20)
    assert len(table.sampled) == 60
    assert np.bincount(table.trace).tolist() == 20 * [2, 3, 1]
    sent = table.link[table.kind == Kind.CONSUMER]
    assert np.bincount(sent).max() == 2
    assert (table.start[table.kind == Kind.CONSUMER] > table.end[sent]).all()


def test_a_message_that_could_not_be_sent_is_not_taken_up() -> None:
    topology = caller(("send", {}))
    broken = [
        Service("web", ServiceKind.HTTP, [Work("web", [("send", {})], 0)]),
        Service("queue", ServiceKind.QUEUE, [Work("send", [("mail", {})], 1_000_000)]),
        Service("mailer", ServiceKind.CONSUMER, [Work("mail")]),
    ]
    topology = system(broken, {"web": 1}, explicit=True)
    table = factory(topology).table(0, 20)
    assert not (table.kind == Kind.CONSUMER).any()
    assert (table.outcome[table.kind == Kind.PRODUCER] == Outcome.FAULT).all()


def test_concurrent_calls_overlap_what_follows_and_others_do_not() -> None:
    topology = caller(("one", {"concurrent": True}), ("read", {}), ("two", {}))
    table = factory(topology).table(0, N)
    first, second, third = (
        np.flatnonzero(made(topology, table, name)) for name in ("one", "read", "two")
    )
    assert (table.start[second] < table.end[first]).mean() > 0.8
    assert (table.start[third] > table.end[second]).all()


@pytest.mark.parametrize("retries", [1, 3])
def test_a_failed_call_is_tried_again_as_often_as_allowed(retries: int) -> None:
    """Attempts are siblings that share what they ask for; the pause before each grows."""
    table = factory(caller(("read", {"retries": retries}), errors=400_000)).table(0, N)
    attempts = table.attempt[table.kind == Kind.CLIENT]
    for attempt in range(1, retries + 1):
        tried = int((attempts == attempt - 1).sum())
        assert within_chance(int((attempts == attempt).sum()), tried, 0.4)
    assert attempts.max() == retries
    again = np.flatnonzero(table.attempt)
    assert (table.parent[again] == table.parent[again - 1]).all()
    assert (table.outcome[again - 1] == Outcome.FAULT).all()
    assert (table.detail[again] == table.detail[again - 1]).all()
    pause = table.start[again] - table.end[again - 1]
    assert (pause >= 10_000_000 << (table.attempt[again] - 1)).all()


def test_a_retry_that_succeeds_saves_the_request() -> None:
    table = factory(caller(("read", {"retries": 4}), errors=400_000), errors={"recovery": 0}).table(
        0, N
    )
    failed = table.outcome[table.parent == ROOT] >= Outcome.FAILED
    assert within_chance(int(failed.sum()), N, 0.4**5)


def circle(max_depth: int, **call: Any) -> Topology:
    services = [
        Service("a", ServiceKind.HTTP, [Work("a", [("b", call)], 0)]),
        Service("b", ServiceKind.HTTP, [Work("b", [("a", call)], 0)]),
    ]
    return system(services, {"a": 1}, explicit=True, max_depth=max_depth)


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_cycles_end_at_the_depth(depth: int) -> None:
    table = factory(circle(depth)).table(0, 3)
    assert np.bincount(table.request).tolist() == 3 * [1 + 2 * depth]
    assert depths(table).max() == 1 + 2 * depth


def test_a_message_counts_as_two_calls_on_the_way_down() -> None:
    """The consumers stand at depth 2, and call nobody when that is the deepest."""
    kinds = factory(caller(("send", {}), max_depth=2)).table(0, 1).kind.tolist()
    assert kinds == [Kind.SERVER, Kind.PRODUCER, Kind.CONSUMER, Kind.CONSUMER]
    kinds = factory(caller(("send", {}), max_depth=1)).table(0, 1).kind.tolist()
    assert kinds == [Kind.SERVER, Kind.PRODUCER]


def test_the_limit_of_spans_cuts_calls_and_says_how_many() -> None:
    topology = caller(("read", {"fewest": 30, "most": 30}))
    table = factory(topology, spans={"max_per_trace": 21, "avg_per_trace": 1}).table(0, 10)
    assert np.bincount(table.request).tolist() == 10 * [21]
    assert table.cut == 100


@settings(max_examples=30, deadline=None)
@given(limit=st.integers(1, 60), count=st.integers(1, 7), seed=st.integers(0, 2**40))
def test_no_request_exceeds_the_limit_and_no_call_is_left_without_its_server(
    limit: int, count: int, seed: int
) -> None:
    """Even where a request would have grown to 7^20 spans."""
    topology = circle(20, fewest=count, most=count)
    table = factory(topology, seed, spans={"max_per_trace": limit, "avg_per_trace": 1}).table(0, 4)
    assert np.bincount(table.request).max() <= limit
    assert is_pair(table)[table.kind == Kind.CLIENT].all()
    rows = children(table)
    assert (table.start[rows] > table.start[table.parent[rows]]).all()
    assert (table.end[rows] < table.end[table.parent[rows]]).all()


def test_requests_arrive_where_the_weights_say() -> None:
    services: Sequence[Service] = [
        Service("a", offers=[Work("x")]),
        Service("b", offers=[Work("y")]),
    ]
    table = factory(system(services, {"x": 1, "y": 3}, explicit=True)).table(0, N)
    assert within_chance(int(table.service.sum()), N, 0.75)
