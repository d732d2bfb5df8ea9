"""Profiles and their samples taken out of decoded requests, and the spans that samples name."""

from collections.abc import Iterable, Sequence

import numpy as np
from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Link,
    Profile,
    ResourceProfiles,
    Sample,
)

from telemetry_common.ids import U64


def profiles_of(resources: Iterable[ResourceProfiles]) -> list[Profile]:
    """Return every profile under `resources`, in wire order."""
    return [
        profile for each in resources for scope in each.scope_profiles for profile in scope.profiles
    ]


def samples_of(profiles: Iterable[Profile]) -> list[Sample]:
    """Return every sample of `profiles`, in wire order."""
    return [sample for profile in profiles for sample in profile.samples]


def end_times(profiles: Iterable[Profile]) -> U64:
    """Return when each profile ended, in Unix nanoseconds; 0 for one without a time."""
    ends = (each.time_unix_nano and each.time_unix_nano + each.duration_nano for each in profiles)
    # What is beyond 64 bits is the end of time.
    return np.fromiter((min(end, _LATEST) for end in ends), np.uint64)


_LATEST = (1 << 64) - 1


def named_links(indices: Iterable[int], link_table: Sequence[Link]) -> list[Link]:
    """Return the link at each of the `indices` that stands for one: 0 is none, by definition."""
    links = list(link_table)
    return [links[index] for index in indices if 0 < index < len(links)]
