"""Profiles and their samples taken out of decoded requests, and the spans that samples name."""

from collections.abc import Iterable, Sequence

from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Link,
    Profile,
    ResourceProfiles,
    Sample,
)


def profiles_of(resources: Iterable[ResourceProfiles]) -> list[Profile]:
    """Return every profile under `resources`, in wire order."""
    return [
        profile for each in resources for scope in each.scope_profiles for profile in scope.profiles
    ]


def samples_of(profiles: Iterable[Profile]) -> list[Sample]:
    """Return every sample of `profiles`, in wire order."""
    return [sample for profile in profiles for sample in profile.samples]


def named_links(indices: Iterable[int], link_table: Sequence[Link]) -> list[Link]:
    """Return the link at each of the `indices` that stands for one: 0 is none, by definition."""
    links = list(link_table)
    return [links[index] for index in indices if 0 < index < len(links)]
