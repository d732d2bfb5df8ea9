"""A small system whose requests can be made again, and the profiles of its services."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Profile,
    ProfilesData,
    ProfilesDictionary,
    Sample,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from metric_world import metric_topology
from span_samples import sample_table
from telemetry_generator.config.profiles import ProfilesConfig
from telemetry_generator.encode.profiles import ProfileEncoder
from telemetry_generator.profiles.factory import ProfileFactory
from telemetry_generator.traces.table import SpanTable
from telemetry_generator.world.model import Topology

HORIZON_NANOS = 60 * 10**9
SEED = 11
_CALLEES = {0: (1, 2, 5), 1: (3, 4, 6), 6: (7,)}


def profile_topology() -> Topology:
    """Eight services of all kinds; the first two call others."""
    topology = metric_topology()
    services = (replace(one, callees=_CALLEES.get(one.number, ())) for one in topology.services)
    return replace(topology, services=tuple(services), is_explicit=False)


TOPOLOGY = profile_topology()


@dataclass(frozen=True)
class ShortRequests:
    """Requests of a small system: each takes up to 9 ms, and the next starts 100 ms later."""

    requests: int = 500
    topology: Topology = TOPOLOGY
    typical_spans: float = 12.0

    def table(self, first: int, count: int) -> SpanTable:
        table = sample_table(self.topology, first, count)
        shift = table.request * 100_000_000
        return replace(
            table, start=table.start // 100 + shift + 1, end=table.end // 100 + shift + 1
        )


class PlacedSample(NamedTuple):
    """A decoded sample, and what it stands in."""

    resource: Resource
    profile: Profile
    sample: Sample


def profile_factory(
    traces: ShortRequests | None = ShortRequests(),
    horizon: int = HORIZON_NANOS,
    topology: Topology = TOPOLOGY,
    **config: Any,
) -> ProfileFactory:
    """Return the profiles of the small system; keyword arguments are the configuration."""
    return ProfileFactory(ProfilesConfig.model_validate(config), topology, traces, SEED, horizon)


def whole_file(factory: ProfileFactory) -> bytes:
    """Return the profiles file of a factory."""
    encoder = ProfileEncoder(factory)
    chunks = (encoder.encode(factory.chunk(number))[0] for number in range(factory.chunks))
    return b"".join([encoder.prologue(), *chunks])


def decoded(factory: ProfileFactory) -> ProfilesData:
    """Return the profiles of a factory as a receiver sees them."""
    return ProfilesData.FromString(whole_file(factory))


def placed(data: ProfilesData) -> Iterator[PlacedSample]:
    """Yield all samples of a file."""
    for group in data.resource_profiles:
        for scope in group.scope_profiles:
            for profile in scope.profiles:
                for sample in profile.samples:
                    yield PlacedSample(group.resource, profile, sample)


def profiles_of(data: ProfilesData) -> list[Profile]:
    """Return all profiles of a file."""
    return [
        profile
        for group in data.resource_profiles
        for scope in group.scope_profiles
        for profile in scope.profiles
    ]


def functions_of(dictionary: ProfilesDictionary, stack: int) -> list[str]:
    """Return the names of a stack's functions, the innermost first."""
    locations = dictionary.stack_table[stack].location_indices
    lines = (dictionary.location_table[at].lines[0] for at in locations)
    functions = (dictionary.function_table[line.function_index] for line in lines)
    return [dictionary.string_table[function.name_strindex] for function in functions]
