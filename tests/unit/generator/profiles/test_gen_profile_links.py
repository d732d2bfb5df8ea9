"""Samples name real spans: of their own instance, at that time, in code that does that work."""

from collections import defaultdict
from typing import NamedTuple

import pytest
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData

from log_world import HORIZON_NANOS as LONG_REQUESTS_HORIZON
from log_world import SampleRequests
from profile_world import (
    TOPOLOGY,
    ShortRequests,
    decoded,
    functions_of,
    placed,
    profile_factory,
)
from span_decoding import attributes
from telemetry_generator.semantics.code import locate
from telemetry_generator.traces.table import Kind, SpanTable


class NamedSpan(NamedTuple):
    """A span of the set, as far as a sample is concerned with it."""

    instance: str
    request: int
    kind: int
    function: str
    start: int
    end: int


REQUESTS = ShortRequests()


def spans_by_id(table: SpanTable) -> dict[tuple[bytes, bytes], NamedSpan]:
    found = {}
    for row in range(len(table)):
        trace = int(table.trace[row])
        operation = TOPOLOGY.operations[int(table.operation[row])]
        instance = TOPOLOGY.instances[int(table.instance[row])]
        words = [table.trace_high[trace], table.trace_low[trace], table.span_id[row]]
        high, low, span = (int(word).to_bytes(8, "little") for word in words)
        found[high + low, span] = NamedSpan(
            str(instance.resource["service.instance.id"]),
            int(table.request[row]),
            int(table.kind[row]),
            locate(operation, TOPOLOGY.services[instance.service].language).function,
            int(table.start[row]),
            int(table.end[row]),
        )
    return found


@pytest.fixture(scope="module")
def spans() -> dict[tuple[bytes, bytes], NamedSpan]:
    return spans_by_id(REQUESTS.table(0, REQUESTS.requests))


@pytest.fixture(scope="module")
def data() -> ProfilesData:
    return decoded(profile_factory(REQUESTS, count=400))


def test_every_link_names_a_span_of_the_set(
    data: ProfilesData, spans: dict[tuple[bytes, bytes], NamedSpan]
) -> None:
    named = [(link.trace_id, link.span_id) for link in data.dictionary.link_table[1:]]
    assert len(named) == len(set(named)) == 1_000
    assert all(identity in spans for identity in named)
    assert {spans[one].instance for one in named} == {
        str(each.resource["service.instance.id"]) for each in TOPOLOGY.instances
    }


def test_a_sample_names_a_span_of_its_instance_that_was_at_work_then(
    data: ProfilesData, spans: dict[tuple[bytes, bytes], NamedSpan]
) -> None:
    checked = 0
    for each in placed(data):
        if not each.sample.link_index:
            continue
        link = data.dictionary.link_table[each.sample.link_index]
        span = spans[link.trace_id, link.span_id]
        assert span.instance == attributes(each.resource.attributes)["service.instance.id"]
        assert span.kind in (Kind.SERVER, Kind.INTERNAL, Kind.CONSUMER)
        times = each.sample.timestamps_unix_nano
        assert all(span.start <= time <= span.end for time in times)
        assert span.function in functions_of(data.dictionary, each.sample.stack_index)
        checked += 1
    assert checked > 5_000


@pytest.mark.parametrize("share", [0, 12.5, 60, 100])
def test_the_share_of_samples_that_name_spans_is_as_configured(share: float) -> None:
    data = decoded(profile_factory(REQUESTS, count=400, links={"percentage": share}))
    linked = [bool(each.sample.link_index) for each in placed(data)]
    assert sum(linked) / len(linked) == pytest.approx(share / 100, abs=0.005)
    assert (len(data.dictionary.link_table) > 1) == (share > 0)


def test_profiles_stand_in_the_order_of_the_traces_that_they_name(
    data: ProfilesData, spans: dict[tuple[bytes, bytes], NamedSpan]
) -> None:
    """Both signals are sent in step, so the traces that a profile names were sent just before."""
    seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    groups = data.resource_profiles
    for at, group in enumerate(groups):
        for sample in group.scope_profiles[0].profiles[0].samples:
            if sample.link_index:
                link = data.dictionary.link_table[sample.link_index]
                span = spans[link.trace_id, link.span_id]
                place = at / len(groups), span.request / REQUESTS.requests
                seen[span.instance].append(place)
    assert len(seen) == len(TOPOLOGY.instances)
    for places in seen.values():
        requests = [request for _, request in places]
        assert requests == sorted(requests)
        # The first group of an instance may come after its first profile.
        lags = [part - request for part, request in places if request > min(requests)]
        assert 0 <= min(lags) <= max(lags) < 0.15


def test_a_profile_lasts_twice_as_long_as_the_trace_that_it_names() -> None:
    data = decoded(profile_factory(REQUESTS, count=100, duration_ms=1))
    lengths = [
        profile.duration_nano
        for group in data.resource_profiles
        for profile in group.scope_profiles[0].profiles
    ]
    assert max(lengths) > 15_000_000
    for each in placed(data):
        end = each.profile.time_unix_nano + each.profile.duration_nano
        times = each.sample.timestamps_unix_nano
        assert all(each.profile.time_unix_nano <= time < end for time in times)


def test_traces_as_long_as_the_horizon_are_contained_too() -> None:
    factory = profile_factory(horizon=LONG_REQUESTS_HORIZON, count=100)
    long = type(factory)(
        factory.config, TOPOLOGY, SampleRequests(), factory.seed, LONG_REQUESTS_HORIZON
    )
    found = 0
    for each in placed(decoded(long)):
        end = each.profile.time_unix_nano + each.profile.duration_nano
        assert 1 <= each.profile.time_unix_nano < end <= LONG_REQUESTS_HORIZON
        times = each.sample.timestamps_unix_nano
        assert all(each.profile.time_unix_nano <= time < end for time in times)
        found += each.sample.link_index > 0
    assert found > 1_000


def test_a_set_of_one_request_is_enough() -> None:
    data = decoded(profile_factory(ShortRequests(requests=1), count=100))
    assert any(each.sample.link_index for each in placed(data))
