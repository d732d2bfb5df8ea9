"""Profiles: times, ids, samples and what they recorded, as the real classes decode them."""

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData

from profile_world import (
    HORIZON_NANOS,
    TOPOLOGY,
    ShortRequests,
    decoded,
    placed,
    profile_factory,
    profiles_of,
    whole_file,
)
from span_decoding import attributes
from telemetry_generator.encode.profiles import ProfileEncoder

ALL_TYPES = ["cpu", "wall", "off_cpu", "lock", "allocated_space", "allocated_objects"]
TYPE_NAMES = {
    ("cpu", "nanoseconds"),
    ("wall", "nanoseconds"),
    ("off_cpu", "nanoseconds"),
    ("delay", "nanoseconds"),
    ("allocated_space", "bytes"),
    ("allocated_objects", "count"),
}


@pytest.fixture(scope="module")
def data() -> ProfilesData:
    return decoded(profile_factory(count=240, types=ALL_TYPES))


def measure(data: ProfilesData, value_type: Any) -> tuple[str, str]:
    strings = data.dictionary.string_table
    return strings[value_type.type_strindex], strings[value_type.unit_strindex]


def test_times_lie_within_the_horizon_and_timestamps_within_their_profile(
    data: ProfilesData,
) -> None:
    for profile in profiles_of(data):
        end = profile.time_unix_nano + profile.duration_nano
        assert 1 <= profile.time_unix_nano < end <= HORIZON_NANOS
        for sample in profile.samples:
            times = list(sample.timestamps_unix_nano)
            assert times == sorted(times)
            assert profile.time_unix_nano <= times[0] <= times[-1] < end


@pytest.mark.parametrize("duration", [1, 1_000, 59_999, 60_000, 600_000])
def test_a_duration_of_any_length_fits_the_horizon(duration: int) -> None:
    for traces in (None, ShortRequests()):
        found = decoded(profile_factory(traces, count=60, duration_ms=duration))
        for profile in profiles_of(found):
            assert profile.time_unix_nano >= 1
            assert profile.time_unix_nano + profile.duration_nano <= HORIZON_NANOS
            assert profile.duration_nano >= min(duration * 1_000_000, HORIZON_NANOS - 1)


def test_profile_ids_are_valid_and_unique(data: ProfilesData) -> None:
    ids = [profile.profile_id for profile in profiles_of(data)]
    assert {len(identity) for identity in ids} == {16}
    assert len(set(ids)) == 240
    assert all(any(identity[:8]) and any(identity[8:]) for identity in ids)


def test_every_instance_reports_every_type_under_the_resource_of_its_spans(
    data: ProfilesData,
) -> None:
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    resources: dict[str, dict[str, Any]] = {}
    for group in data.resource_profiles:
        resource = attributes(group.resource.attributes)
        name = str(resource["service.instance.id"])
        resources[name] = resource
        for profile in group.scope_profiles[0].profiles:
            found[name][measure(data, profile.sample_type)] += 1
    instances = {str(one.resource["service.instance.id"]): one for one in TOPOLOGY.instances}
    assert set(found) == set(instances)
    assert all(set(types) == TYPE_NAMES for types in found.values())
    assert {times for types in found.values() for times in types.values()} == {5}
    for name, instance in instances.items():
        assert resources[name] == dict(instance.resource.attributes)


def test_the_types_of_a_turn_are_of_the_same_time(data: ProfilesData) -> None:
    for group in data.resource_profiles:
        profiles = group.scope_profiles[0].profiles
        assert len(profiles) == len(ALL_TYPES)
        assert len({(one.time_unix_nano, one.duration_nano) for one in profiles}) == 1


def test_periods_and_values_fit_the_type(data: ProfilesData) -> None:
    values: dict[str, list[int]] = defaultdict(list)
    for each in placed(data):
        values[measure(data, each.profile.sample_type)[0]] += each.sample.values
    assert set(values["cpu"]) == set(values["wall"]) == {10_000_000}
    assert 1_000_000 < np.median(values["off_cpu"]) < 4_000_000
    assert 8_000 < np.median(values["allocated_space"]) < 32_000
    assert all(min(found) >= 1 for found in values.values())
    periods = {
        measure(data, profile.sample_type)[0]: (
            *measure(data, profile.period_type),
            profile.period,
        )
        for profile in profiles_of(data)
    }
    assert periods["cpu"] == ("cpu", "nanoseconds", 10_000_000)
    assert periods["allocated_objects"] == ("space", "bytes", 524_288)


def test_the_frequency_gives_the_period() -> None:
    data = decoded(profile_factory(count=2, types=["cpu"], frequency_hz=997))
    assert {profile.period for profile in profiles_of(data)} == {1_003_009}


@pytest.mark.parametrize("recording", ["timestamps", "values", "both"])
def test_samples_record_what_is_asked_for(recording: str) -> None:
    data = decoded(profile_factory(count=40, recording=recording))
    samples = [each.sample for each in placed(data)]
    shapes = {(len(one.values), len(one.timestamps_unix_nano)) for one in samples}
    if recording == "values":
        assert shapes == {(1, 0)}
        assert len({one.values[0] for one in samples}) > 20
    elif recording == "timestamps":
        assert shapes == {(0, times) for times in range(1, 9)}
    else:
        assert shapes == {(times, times) for times in range(1, 9)}


def test_each_profile_has_its_number_of_samples_and_none_twice() -> None:
    """No two samples of a profile have the same stack, attributes and link, as OTLP asks for."""
    full: dict[str, Any] = {"samples_per_profile": 96, "threads": 4, "stacks": {"per_service": 24}}
    for share in (0, 40, 100):
        data = decoded(profile_factory(count=60, links={"percentage": share}, **full))
        for profile in profiles_of(data):
            identities = {
                (one.stack_index, tuple(one.attribute_indices), one.link_index)
                for one in profile.samples
            }
            assert len(profile.samples) == len(identities) == 96
        linked = sum(each.sample.link_index > 0 for each in placed(data))
        assert linked == pytest.approx(60 * 96 * share / 100, abs=40)


def test_hot_stacks_are_observed_more_often() -> None:
    data = decoded(profile_factory(count=400, links={"percentage": 0}, types=["cpu"]))
    for service in ("web", "payment"):
        heat: Counter[int] = Counter()
        for each in placed(data):
            if attributes(each.resource.attributes)["service.name"] == service:
                heat[each.sample.stack_index] += len(each.sample.values)
        counts = sorted(heat.values(), reverse=True)
        assert counts[0] > 3 * counts[len(counts) // 2]


def test_the_same_configuration_gives_the_same_bytes_and_another_seed_others() -> None:
    first, again = (whole_file(profile_factory(count=50)) for _ in range(2))
    assert first == again
    factory = profile_factory(count=50)
    other = type(factory)(factory.config, factory.topology, factory.traces, 12, HORIZON_NANOS)
    assert whole_file(other) != first


def test_a_chunk_can_be_made_alone() -> None:
    sizes: dict[str, Any] = {"count": 1_000, "samples_per_profile": 100}
    factory, fresh = profile_factory(**sizes), profile_factory(**sizes)
    assert factory.chunks == 3
    encoder = ProfileEncoder(factory)
    made = [encoder.encode(factory.chunk(number)) for number in range(3)]
    assert ProfileEncoder(fresh).encode(fresh.chunk(1)) == made[1]
    counts = [counts for _, counts in made]
    assert [one.profiles for one in counts] == [400, 400, 200]
    assert sum(one.samples for one in counts) == factory.total == 100_000
    assert [one.resources for one in counts] == [200, 200, 100]


def test_a_larger_set_begins_with_the_smaller_one() -> None:
    few, many = (whole_file(profile_factory(None, count=count)) for count in (30, 500))
    assert many.startswith(few)


def test_chunks_begin_with_a_turn_so_that_their_size_shows_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = whole_file(profile_factory(count=99, types=["cpu", "wall", "lock"]))
    monkeypatch.setattr("telemetry_generator.profiles.factory._CHUNK_SAMPLES", 1_000)
    factory = profile_factory(count=99, types=["cpu", "wall", "lock"])
    assert factory.chunks == 11
    assert whole_file(factory) == whole


def test_chunks_of_large_samples_have_fewer_of_them() -> None:
    usual, large = (
        profile_factory(count=4_000, max_observations=most).chunk_size for most in (8, 800)
    )
    assert (usual, large) == (400, 4)
