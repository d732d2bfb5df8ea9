"""Profiles of a generated system: they agree with its traces, sample by sample."""

import pytest
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from profile_world import placed, whole_file
from telemetry_generator.config.infrastructure import InfrastructureConfig
from telemetry_generator.config.profiles import ProfilesConfig
from telemetry_generator.config.services import ServicesConfig
from telemetry_generator.config.traces import TracesConfig
from telemetry_generator.encode.traces import TraceEncoder
from telemetry_generator.profiles.factory import ProfileFactory
from telemetry_generator.traces.factory import TraceFactory
from telemetry_generator.world.build import build_topology
from telemetry_generator.world.model import Topology

HORIZON_NANOS = 600 * 10**9
REQUESTS = 2_000

Spans = dict[tuple[bytes, bytes], tuple[Resource, Span]]


@pytest.fixture(scope="module")
def topology() -> Topology:
    return build_topology(ServicesConfig(count=10), None, InfrastructureConfig(), 5)


@pytest.fixture(scope="module")
def traces(topology: Topology) -> TraceFactory:
    return TraceFactory.of(TracesConfig(count=REQUESTS), topology, 5, HORIZON_NANOS)


@pytest.fixture(scope="module")
def spans(traces: TraceFactory) -> Spans:
    data, _ = TraceEncoder(traces.topology).encode(traces.table(0, REQUESTS))
    return {
        (span.trace_id, span.span_id): (group.resource, span)
        for group in TracesData.FromString(data).resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    }


@pytest.fixture(scope="module")
def data(topology: Topology, traces: TraceFactory) -> ProfilesData:
    factory = ProfileFactory(ProfilesConfig(count=400), topology, traces, 5, HORIZON_NANOS)
    return ProfilesData.FromString(whole_file(factory))


def test_samples_name_spans_under_their_own_resource_and_lie_within_them(
    data: ProfilesData, spans: Spans
) -> None:
    named = total = 0
    for each in placed(data):
        total += 1
        end = each.profile.time_unix_nano + each.profile.duration_nano
        times = each.sample.timestamps_unix_nano
        assert each.profile.time_unix_nano <= min(times) <= max(times) < end <= HORIZON_NANOS
        if each.sample.link_index:
            link = data.dictionary.link_table[each.sample.link_index]
            resource, span = spans[link.trace_id, link.span_id]
            assert resource == each.resource
            assert span.start_time_unix_nano <= min(times) <= max(times) <= span.end_time_unix_nano
            named += 1
    assert named == pytest.approx(total / 4, rel=0.05)


def test_every_instance_of_the_system_reports(data: ProfilesData, topology: Topology) -> None:
    seen = {group.resource.SerializeToString() for group in data.resource_profiles}
    assert len(seen) == len(topology.instances) > 20
