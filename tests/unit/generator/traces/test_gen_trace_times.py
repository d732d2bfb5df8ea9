"""Times of spans: own times as configured, room for children, all within the horizon."""

import numpy as np
import pytest

from telemetry_generator.draws import I64
from telemetry_generator.traces.table import Kind, SpanTable
from telemetry_generator.world.model import ServiceKind
from trace_world import Service, Work, children, factory, is_pair, main_roots, system

N = 20_000
_P95 = 1.6449  # quantile of the normal distribution


def own_times(table: SpanTable) -> I64:
    """Return each span's duration without that of its children, where they do not overlap."""
    own = table.end - table.start
    rows = children(table)
    np.subtract.at(own, table.parent[rows], (table.end - table.start)[rows])
    return own


@pytest.mark.parametrize(("median", "sigma"), [(200, 300), (5_000, 900), (40_000, 1500)])
def test_own_times_have_the_configured_percentiles(median: int, sigma: int) -> None:
    """Whatever the operation calls meanwhile, one after another."""
    edges = [("read", {"fewest": 0, "most": 3})]
    services = [
        Service("web", offers=[Work("web", edges, 0, median, sigma)]),
        Service("db", ServiceKind.DATABASE, [Work("read", (), 0, 700, 500)]),
    ]
    table = factory(system(services, {"web": 1}, explicit=True), horizon=10**15).table(0, N)
    own = own_times(table)[table.kind == Kind.SERVER] / 1000
    assert np.percentile(own, 50) == pytest.approx(median, rel=0.05)
    assert np.percentile(own, 95) == pytest.approx(median * np.exp(_P95 * sigma / 1000), rel=0.08)


@pytest.fixture(scope="module")
def shop() -> SpanTable:
    return factory().table(0, 3000)


def test_children_lie_strictly_inside_their_parents(shop: SpanTable) -> None:
    rows = children(shop)
    assert (shop.start[shop.parent[rows]] < shop.start[rows]).all()
    assert (shop.start[rows] < shop.end[rows]).all()
    assert (shop.end[rows] < shop.end[shop.parent[rows]]).all()


def test_the_network_takes_time_before_and_after_the_server(shop: SpanTable) -> None:
    network = own_times(shop)[is_pair(shop)]
    assert np.median(network) == pytest.approx(350_000, rel=0.1)


def test_siblings_start_one_after_another_and_some_run_in_parallel(shop: SpanTable) -> None:
    rows = children(shop)
    rows = rows[np.lexsort((rows, shop.parent[rows]))]
    siblings = shop.parent[rows[1:]] == shop.parent[rows[:-1]]
    left, right = rows[:-1][siblings], rows[1:][siblings]
    assert (shop.start[left] < shop.start[right]).all()
    assert 0.15 < (shop.start[right] < shop.end[left]).mean() < 0.4


def test_requests_begin_evenly_over_the_horizon(shop: SpanTable) -> None:
    share = shop.start[main_roots(shop)] / (600 * 10**9)
    assert np.histogram(share, 10, (0, 1))[0] / 3000 == pytest.approx(0.1, abs=0.03)


def test_a_request_longer_than_the_horizon_is_squeezed_into_it() -> None:
    edges = [("read", {"fewest": 20, "most": 20})]
    services = [
        Service("web", offers=[Work("web", edges, 0)]),
        Service("db", ServiceKind.DATABASE, [Work("read", (), 0, 500_000)]),
    ]
    long = factory(system(services, {"web": 1}, explicit=True), horizon=10**9).table(0, 1)
    assert long.start[0] == 1
    assert long.end.max() == 10**9
    rows = children(long)
    assert (long.start[long.parent[rows]] <= long.start[rows]).all()
    assert (long.end[rows] <= long.end[long.parent[rows]]).all()


def test_times_are_whole_nanoseconds_of_any_size(shop: SpanTable) -> None:
    """No digit is favoured: the last ones are as even as those of a clock."""
    digits = np.bincount(shop.start % 1000, minlength=1000)
    assert digits.max() < 3 * len(shop) / 1000


@pytest.mark.parametrize("micros", [3_600_000_000, 10**14])
def test_operations_that_take_for_ever_still_fit(micros: int) -> None:
    """Hours with the widest spread: no sum of times leaves 64 bits."""
    services = [
        Service("web", offers=[Work("web", [("read", {"fewest": 9, "most": 9})], 0, micros, 3000)]),
        Service("db", ServiceKind.DATABASE, [Work("read", (), 0, micros, 3000)]),
    ]
    table = factory(system(services, {"web": 1}, explicit=True), horizon=10**10).table(0, 2000)
    assert table.start.min() >= 1
    assert table.end.max() <= 10**10
    assert (table.start <= table.end).all()
