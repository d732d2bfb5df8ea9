"""Chunks of logs: each can be made alone, and a larger set begins as a smaller one does."""

import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_world import HORIZON_NANOS, SEED, TOPOLOGY, SampleRequests, decoded, log_factory
from telemetry_common.errors import ConfigError
from telemetry_generator.config.logs import LogsConfig
from telemetry_generator.encode.logs import LogEncoder
from telemetry_generator.logs.factory import LogFactory
from telemetry_generator.logs.windows import window_of
from telemetry_generator.world.model import Topology

# Large bodies make for small chunks, so that a few records make many.
LARGE = {"size": {"min": 18_000, "max": 20_000}}


def encoded(factory: LogFactory, chunks: range) -> list[bytes]:
    encoder = LogEncoder(factory)
    return [encoder.encode(factory.chunk(number))[0] for number in chunks]


def test_a_chunk_is_the_same_whenever_and_wherever_it_is_made() -> None:
    factory = log_factory(count=1200, body=LARGE)
    assert factory.chunks == 6
    forwards = encoded(factory, range(6))
    backwards = encoded(log_factory(count=1200, body=LARGE), range(5, -1, -1))
    elsewhere = encoded(pickle.loads(pickle.dumps(factory)), range(6))
    assert forwards == backwards[::-1] == elsewhere


def test_chunks_are_small_where_bodies_are_large() -> None:
    factory = log_factory(count=1000, body=LARGE)
    data, counts = LogEncoder(factory).encode(factory.chunk(0))
    assert counts.records == factory.chunk_size < 1000
    assert 2_000_000 < len(data) < 6_000_000


def test_chunks_have_all_records_once() -> None:
    factory = log_factory(count=1111, body=LARGE)
    numbers = [int(at) for chunk in range(factory.chunks) for at in factory.chunk(chunk).number]
    assert sorted(numbers) == list(range(1111))


@pytest.mark.parametrize("traces", [None, SampleRequests()])
def test_a_larger_set_begins_with_the_chunks_of_a_smaller_one(
    traces: SampleRequests | None,
) -> None:
    small, large = (log_factory(traces, count=count, body=LARGE) for count in (500, 900))
    whole = range(500 // small.chunk_size)
    assert len(whole) == 2
    assert encoded(small, whole) == encoded(large, whole)


def test_a_record_does_not_depend_on_those_after_it() -> None:
    some, more = (log_factory(count=count).chunk(0) for count in (1234, 2000))
    rows = more.number < 1234
    for column in ("number", "type", "severity", "pattern", "source", "observed", "key"):
        assert getattr(some, column).tolist() == getattr(more, column)[rows].tolist()


def test_another_seed_gives_other_records() -> None:
    factory = log_factory(count=100)
    other = replace(factory, seed=SEED + 1)
    assert encoded(factory, range(1)) != encoded(other, range(1))


@given(st.integers(0, 500), st.integers(1, 50), st.integers(1, 300))
def test_windows_lie_within_the_requests(chunk: int, size: int, requests: int) -> None:
    first, count = window_of(chunk, size, requests)
    assert count == min(size, requests)
    assert 0 <= first <= requests - count


@given(st.integers(1, 50), st.integers(1, 300))
def test_windows_reach_every_request_before_they_start_over(size: int, requests: int) -> None:
    windows = -(-requests // min(size, requests))
    seen: set[int] = set()
    for chunk in range(windows):
        first, count = window_of(chunk, size, requests)
        seen |= set(range(first, first + count))
    assert seen == set(range(requests))
    assert window_of(windows, size, requests) == window_of(0, size, requests)


@given(st.integers(0, 20), st.integers(1, 20), st.integers(50, 200), st.integers(0, 100))
def test_more_requests_do_not_move_a_window_that_is_full(
    chunk: int, size: int, requests: int, more: int
) -> None:
    if (chunk + 1) * size <= requests:
        assert window_of(chunk, size, requests) == window_of(chunk, size, requests + more)


def test_a_topology_of_one_request_is_enough() -> None:
    made = decoded(log_factory(SampleRequests(requests=1), count=500))
    assert len({one.record.trace_id for one in made if one.record.trace_id}) <= 3


def without(*names: str) -> Topology:
    """Return the small system with the services of these names offering nothing."""
    services = tuple(
        replace(one, endpoints=(), weights=()) if one.name in names else one
        for one in TOPOLOGY.services
    )
    return replace(TOPOLOGY, services=services)


@pytest.mark.parametrize(
    ("topology", "types", "place", "problem"),
    [
        (without("web", "orders"), {}, "http_access", "serves HTTP"),
        (TOPOLOGY, {"http_access": {"services": ["payment"]}}, "http_access", "serves HTTP"),
        (TOPOLOGY, {"application": {"services": ["orders-db"]}}, "application", "code of its own"),
        (
            TOPOLOGY,
            {"system": {"percentage": 0}, "database": {"percentage": 20, "services": ["web"]}},
            "database",
            "database, cache or queue",
        ),
    ],
)
def test_a_type_that_nobody_can_write_is_refused(
    topology: Topology, types: dict[str, Any], place: str, problem: str
) -> None:
    config = LogsConfig.model_validate({"types": types})
    with pytest.raises(ConfigError, match=problem) as caught:
        LogFactory(config, topology, None, SEED, HORIZON_NANOS)
    assert caught.value.place == f"logs.types.{place}"
