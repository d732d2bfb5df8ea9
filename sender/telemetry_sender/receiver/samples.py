"""Profile samples counted in decoded requests."""

from collections.abc import Iterable

from opentelemetry.proto.profiles.v1development.profiles_pb2 import ResourceProfiles


def count_samples(resources: Iterable[ResourceProfiles]) -> int:
    """Count the profile samples under `resources`."""
    return sum(
        len(profile.samples)
        for each in resources
        for scope in each.scope_profiles
        for profile in scope.profiles
    )
