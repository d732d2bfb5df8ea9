"""Trees of a given number of spans: exact counts, sound parents, calls that arrive."""

from statistics import fmean, stdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry_generator.traces.layered import DEEPEST
from telemetry_generator.traces.table import ROOT, Kind, SpanTable
from telemetry_generator.world.model import Topology
from trace_world import (
    ALONE,
    CHAIN,
    SHOP,
    children,
    depths,
    factory,
    is_pair,
    joined,
    main_roots,
    same,
)

SERVICE = np.array([operation.service for operation in SHOP.operations])
SILENT = np.array([service.is_silent for service in SHOP.services])


@pytest.fixture(scope="module")
def shop() -> SpanTable:
    return factory().table(0, 2000)


def sizes(table: SpanTable) -> list[int]:
    counts: list[int] = np.bincount(table.request - table.request[0]).tolist()
    return counts


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**62),
    first=st.integers(0, 2**40 - 20),
    spans=st.integers(1, 400),
    topology=st.sampled_from([SHOP, ALONE, CHAIN]),
    horizon=st.sampled_from([10**9, 600 * 10**9]),
)
def test_any_request_is_a_sound_tree_of_exactly_its_size(
    seed: int, first: int, spans: int, topology: Topology, horizon: int
) -> None:
    """Parents come before their children, which lie inside them; all times fit the horizon."""
    made = factory(topology, seed, horizon, spans={"avg_per_trace": spans, "std_dev": 0})
    table = made.table(first, 5)
    assert sizes(table) == 5 * [spans]
    rows = children(table)
    assert (table.parent[rows] < rows).all()
    assert (table.trace[table.parent[rows]] == table.trace[rows]).all()
    assert (table.start[table.parent[rows]] <= table.start[rows]).all()
    assert (table.end[rows] <= table.end[table.parent[rows]]).all()
    assert (table.start <= table.end).all()
    assert table.start.min() >= 1
    assert table.end.max() <= horizon
    assert len(np.unique(table.span_id)) == len(table)
    assert depths(table).max() <= DEEPEST


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**62),
    first=st.integers(0, 10_000),
    cuts=st.lists(st.integers(1, 30), min_size=1, max_size=4),
)
def test_requests_come_out_the_same_in_any_chunks(seed: int, first: int, cuts: list[int]) -> None:
    made = factory(seed=seed, count=100_000, links={}, events={}, sampling={"percentage": 40})
    parts, begin = [], first
    for size in cuts:
        parts.append(made.table(begin, size))
        begin += size
    assert same(made.table(first, sum(cuts)), joined(*parts))


def test_sizes_follow_the_normal_distribution(shop: SpanTable) -> None:
    assert fmean(sizes(shop)) == pytest.approx(15, abs=0.5)
    assert stdev(sizes(shop)) == pytest.approx(5, abs=0.4)


def test_sizes_stay_within_the_limit() -> None:
    limited = factory(spans={"avg_per_trace": 15, "std_dev": 10, "max_per_trace": 20})
    found = sizes(limited.table(0, 500))
    assert max(found) == 20
    assert min(found) == 1


def test_the_parent_of_a_server_is_a_call_from_another_service(shop: SpanTable) -> None:
    rows = children(shop)
    served = rows[shop.kind[rows] == Kind.SERVER]
    calls = shop.parent[served]
    assert len(served) > 2000
    assert (shop.kind[calls] == Kind.CLIENT).all()
    assert (shop.operation[calls] == shop.operation[served]).all()
    assert (shop.detail[calls] == shop.detail[served]).all()
    assert (shop.key[calls] != shop.key[served]).all()
    assert (shop.service[served] == SERVICE[shop.operation[served]]).all()
    assert (shop.service[served] != shop.service[calls]).all()


def test_calls_go_along_the_edges_of_the_topology(shop: SpanTable) -> None:
    made = np.flatnonzero((shop.kind == Kind.CLIENT) | (shop.kind == Kind.PRODUCER))
    pairs = zip(shop.service[made].tolist(), SERVICE[shop.operation[made]].tolist(), strict=True)
    assert all(callee in SHOP.services[caller].callees for caller, callee in set(pairs))


def test_a_call_without_a_server_goes_to_a_store(shop: SpanTable) -> None:
    lone = (shop.kind == Kind.CLIENT) & ~is_pair(shop)
    assert lone.sum() > 1000
    assert SILENT[SERVICE[shop.operation[lone]]].all()


def test_all_other_spans_stay_with_the_service_of_their_parent(shop: SpanTable) -> None:
    rows = children(shop)
    rows = rows[shop.kind[rows] != Kind.SERVER]
    assert (shop.service[rows] == shop.service[shop.parent[rows]]).all()
    assert (shop.kind[shop.parent[rows]] != Kind.CLIENT).all()


def test_silent_services_have_no_spans(shop: SpanTable) -> None:
    assert not SILENT[shop.service].any()


@pytest.mark.parametrize(("mean", "requests"), [(15, 2000), (40, 500), (1000, 20)])
def test_seventy_percent_of_the_steps_are_calls(mean: int, requests: int) -> None:
    table = factory(spans={"avg_per_trace": mean, "std_dev": mean / 5}).table(0, requests)
    kinds = np.bincount(table.kind, minlength=6)
    calls = kinds[Kind.CLIENT] + kinds[Kind.PRODUCER]
    assert calls / (calls + kinds[Kind.INTERNAL]) == pytest.approx(0.7, abs=0.04)


def test_depths_are_those_of_real_traces(shop: SpanTable) -> None:
    deepest = np.zeros(2000, np.int64)
    np.maximum.at(deepest, shop.request, depths(shop))
    assert np.percentile(deepest, 10) >= 3
    assert np.percentile(deepest, 50) <= 8
    assert deepest.max() <= DEEPEST


def test_a_service_that_calls_nobody_works_alone() -> None:
    table = factory(ALONE, spans={"avg_per_trace": 20, "std_dev": 0}).table(3, 1)
    assert table.kind.tolist() == [Kind.SERVER] + 19 * [Kind.INTERNAL]


def test_requests_arrive_by_the_weights_of_the_doors(shop: SpanTable) -> None:
    arrived = np.bincount(shop.operation[main_roots(shop)])[np.array(SHOP.ingress)]
    assert arrived / 2000 == pytest.approx(np.array([3, 1, 2]) / 6, abs=0.05)


def test_messages_are_taken_up_in_traces_of_their_own(shop: SpanTable) -> None:
    """A consumer's span is a root that links to the producer's, and begins after its end."""
    taken = np.flatnonzero(shop.kind == Kind.CONSUMER)
    sent = shop.link[taken]
    assert len(taken) > 200
    assert (shop.parent[taken] == ROOT).all()
    assert (shop.kind[sent] == Kind.PRODUCER).all()
    assert (shop.trace[taken] != shop.trace[sent]).all()
    assert (shop.request[taken] == shop.request[sent]).all()
    assert (shop.start[taken] > shop.end[sent]).all()
    assert ((shop.link >= 0) == (shop.kind == Kind.CONSUMER)).all()
    assert len(shop.sampled) == 2000 + len(taken)


def test_every_consumer_group_gets_every_message(shop: SpanTable) -> None:
    sent = np.flatnonzero((shop.kind == Kind.PRODUCER) & (shop.outcome < 2))
    subscribed = np.array([len(operation.calls) for operation in SHOP.operations])
    taken = np.bincount(shop.link[shop.link >= 0], minlength=len(shop))
    assert (taken[sent] == subscribed[shop.operation[sent]]).all()


def test_traces_stand_one_after_another_with_ids_of_their_own(shop: SpanTable) -> None:
    assert (np.diff(shop.trace) >= 0).all()
    assert (np.diff(shop.request) >= 0).all()
    ids = set(zip(shop.trace_high.tolist(), shop.trace_low.tolist(), strict=True))
    assert len(ids) == shop.trace[-1] + 1
    assert (shop.span_id > 0).all()


def test_one_replica_of_a_service_does_all_its_work_in_a_trace(shop: SpanTable) -> None:
    owner = np.array([instance.service for instance in SHOP.instances])
    assert (owner[shop.instance] == shop.service).all()
    places = np.unique(np.stack([shop.trace, shop.service, shop.instance]), axis=1)
    assert len(np.unique(places[:2], axis=1).T) == places.shape[1]
    assert len(np.unique(shop.instance)) == len(np.unique(shop.service)) * 3


def test_some_failed_calls_are_tried_again() -> None:
    table = factory(count=100_000).table(0, 20_000)
    again = np.flatnonzero(table.attempt)
    assert len(again) > 20
    families = table.parent[again]
    for row, parent in zip(again.tolist(), families.tolist(), strict=True):
        before = row - 1
        assert (table.parent[before], table.attempt[before]) == (parent, 0)
        assert table.operation[before] == table.operation[row]
        assert table.detail[before] == table.detail[row]
        assert table.outcome[before] >= 2
        assert table.end[before] < table.start[row]
