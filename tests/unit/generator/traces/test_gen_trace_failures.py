"""Failures: they start where the operations say, rise as they would, and meet a rate."""

import numpy as np
import pytest

from telemetry_generator.draws import Bools
from telemetry_generator.traces.table import ROOT, Kind, Outcome, SpanTable
from telemetry_generator.world.model import ServiceKind, Topology
from trace_world import (
    CHAIN,
    SHOP,
    Service,
    Work,
    children,
    factory,
    is_pair,
    main_roots,
    system,
    within_chance,
)

N = 6000
RETRYING = system(
    [
        Service("web", offers=[Work("web", [("pay", {"retries": 2}), ("send", {})], 5_000)]),
        Service("pay", ServiceKind.GRPC, [Work("pay", [("read", {"most": 5})], 90_000)]),
        Service("db", ServiceKind.DATABASE, [Work("read", (), 60_000)]),
        Service("queue", ServiceKind.QUEUE, [Work("send", [("mail", {})], 30_000)]),
        Service("mailer", ServiceKind.CONSUMER, [Work("mail", [("read", {})], 100_000)]),
    ],
    {"web": 1},
    explicit=True,
)


def failed(table: SpanTable) -> Bools:
    return table.outcome >= Outcome.FAILED


def test_operations_fail_by_themselves_as_often_as_they_say() -> None:
    table = factory(spans={"avg_per_trace": 40, "std_dev": 5}).table(0, 2000)
    can_start = ~is_pair(table)
    faults = int((table.outcome == Outcome.FAULT).sum())
    assert within_chance(faults, int(can_start.sum()), 0.008)
    assert can_start[table.outcome == Outcome.FAULT].all()


@pytest.mark.parametrize("topology", [SHOP, RETRYING])
def test_a_failed_server_fails_its_call_and_nothing_else_does(topology: Topology) -> None:
    table = factory(topology).table(0, N)
    served = np.flatnonzero((table.kind == Kind.SERVER) & (table.parent != ROOT))
    assert failed(table)[served].sum() > 50
    assert (failed(table)[table.parent[served]] == failed(table)[served]).all()


@pytest.mark.parametrize("topology", [SHOP, RETRYING])
def test_what_failed_below_has_a_failed_child(topology: Topology) -> None:
    table = factory(topology).table(0, N)
    rows = children(table)
    blamed = np.zeros(len(table), bool)
    blamed[table.parent[rows[failed(table)[rows]]]] = True
    risen = table.outcome == Outcome.FAILED
    assert risen.sum() > 50
    assert blamed[risen].all()


@pytest.mark.parametrize("recovery", [0, 35, 100])
def test_callers_survive_the_configured_share_of_failed_calls(recovery: int) -> None:
    services = [
        Service("web", offers=[Work("web", [("read", {})], 0)]),
        Service("db", ServiceKind.DATABASE, [Work("read", (), 500_000)]),
    ]
    topology = system(services, {"web": 1}, explicit=True)
    table = factory(topology, errors={"recovery": recovery}).table(0, N)
    calls = np.flatnonzero((table.kind == Kind.CLIENT) & failed(table))
    survived = int((~failed(table)[table.parent[calls]]).sum())
    assert within_chance(survived, len(calls), recovery / 100)


def test_work_that_fails_fails_whoever_does_it() -> None:
    table = factory().table(0, N)
    inside = np.flatnonzero((table.kind == Kind.INTERNAL) & failed(table))
    assert len(inside) > 50
    assert failed(table)[table.parent[inside]].all()


def test_a_message_s_fate_is_not_its_producer_s() -> None:
    table = factory(RETRYING, errors={"recovery": 0}).table(0, N)
    taken = np.flatnonzero((table.kind == Kind.CONSUMER) & failed(table))
    assert len(taken) > 100
    assert not failed(table)[table.link[taken]].any()


@pytest.mark.parametrize("rate", [0, 0.5, 5, 40, 100])
@pytest.mark.parametrize("topology", [SHOP, CHAIN, RETRYING])
def test_the_configured_share_of_requests_fails(rate: float, topology: Topology) -> None:
    table = factory(topology, seed=3, errors={"rate": rate}).table(0, N)
    roots = main_roots(table)
    assert len(roots) == N
    assert within_chance(int(failed(table)[roots].sum()), N, rate / 100)


@pytest.mark.parametrize("spans", [1, 4, 300])
def test_the_rate_holds_however_large_requests_are(spans: int) -> None:
    made = factory(spans={"avg_per_trace": spans, "std_dev": 0}, errors={"rate": 7})
    table = made.table(0, 1500)
    assert within_chance(int(failed(table)[main_roots(table)].sum()), 1500, 0.07)


def test_with_a_rate_a_fault_goes_all_the_way_up_from_one_of_many_places() -> None:
    table = factory(errors={"rate": 50}).table(0, 2000)
    rows = children(table)
    top = np.flatnonzero(failed(table) & (table.parent == ROOT) & (table.link < 0))
    blamed = np.zeros(len(table), bool)
    blamed[table.parent[rows[failed(table)[rows]]]] = True
    started_there = table.outcome[top] == Outcome.FAULT
    assert (blamed[top] | started_there).all()
    assert 0.02 < started_there.mean() < 0.3
    kinds = np.bincount(table.kind[table.outcome == Outcome.FAULT], minlength=6)
    assert kinds[Kind.CLIENT] > 50
    assert kinds[Kind.INTERNAL] > 50


def test_below_the_root_a_rate_leaves_other_faults_as_they_are() -> None:
    table = factory(spans={"avg_per_trace": 40, "std_dev": 5}, errors={"rate": 0}).table(0, 2000)
    can_start = ~is_pair(table) & (table.parent != ROOT)
    faults = int((table.outcome[can_start] == Outcome.FAULT).sum())
    assert within_chance(faults, int(can_start.sum()), 0.008)


def test_some_entities_do_not_exist_which_is_no_failure() -> None:
    table = factory().table(0, N)
    missing = table.outcome == Outcome.MISSING
    http = np.isin(table.kind, (Kind.SERVER, Kind.CLIENT))
    assert 0.005 < missing.sum() / http.sum() < 0.03
    served = np.flatnonzero(missing & (table.kind == Kind.SERVER) & (table.parent != ROOT))
    assert len(served) > 20
    assert missing[table.parent[served]].all()
