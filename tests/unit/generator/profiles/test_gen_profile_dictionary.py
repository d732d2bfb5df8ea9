"""The dictionary of a profiles file: valid, without repetition, small, and steady."""

from collections import Counter
from dataclasses import replace

import pytest
from opentelemetry.proto.profiles.v1development.profiles_pb2 import ProfilesData, ProfilesDictionary

from profile_world import (
    TOPOLOGY,
    ShortRequests,
    decoded,
    functions_of,
    placed,
    profile_factory,
    profiles_of,
)
from semantic_attributes import attribute_names
from telemetry_generator.encode.profiles import ProfileEncoder
from telemetry_generator.semantics.code import locate
from telemetry_generator.world.model import Call, Protocol

TABLES = ("mapping", "location", "function", "link", "string", "attribute", "stack")
FRAME_TYPES = {"jvm", "cpython", "go", "v8js", "dotnet", "ruby", "native", "kernel"}
STACKS = {"min_depth": 10, "max_depth": 24}


@pytest.fixture(scope="module")
def data() -> ProfilesData:
    return decoded(profile_factory(count=80, stacks=STACKS))


@pytest.fixture(scope="module")
def dictionary(data: ProfilesData) -> ProfilesDictionary:
    return data.dictionary


def table(dictionary: ProfilesDictionary, name: str) -> list[bytes]:
    entries = getattr(dictionary, f"{name}_table")
    return [
        entry.encode() if isinstance(entry, str) else entry.SerializeToString(deterministic=True)
        for entry in entries
    ]


@pytest.mark.parametrize("name", TABLES)
def test_each_table_begins_with_the_zero_value_and_repeats_nothing(
    dictionary: ProfilesDictionary, name: str
) -> None:
    entries = table(dictionary, name)
    assert entries[0] == b""
    assert len(entries) > 3
    assert [entry for entry, times in Counter(entries).items() if times > 1] == []


def test_every_index_in_the_dictionary_names_an_entry(dictionary: ProfilesDictionary) -> None:
    sizes = {name: range(1, len(table(dictionary, name))) for name in TABLES}
    for stack in dictionary.stack_table[1:]:
        assert stack.location_indices
        assert set(stack.location_indices) <= set(sizes["location"])
    for location in dictionary.location_table[1:]:
        mapping = dictionary.mapping_table[location.mapping_index]
        assert location.mapping_index in sizes["mapping"]
        assert mapping.memory_start <= location.address < mapping.memory_limit
        assert [line.function_index in sizes["function"] for line in location.lines] == [True]
        assert set(location.attribute_indices) <= set(sizes["attribute"])
    for function in dictionary.function_table[1:]:
        assert function.name_strindex in sizes["string"]
        assert function.filename_strindex in sizes["string"]
    for mapping in dictionary.mapping_table[1:]:
        assert mapping.filename_strindex in sizes["string"]
        assert set(mapping.attribute_indices) <= set(sizes["attribute"])
    assert all(entry.key_strindex in sizes["string"] for entry in dictionary.attribute_table[1:])


def test_every_index_in_profiles_and_samples_names_an_entry(data: ProfilesData) -> None:
    sizes = {name: len(table(data.dictionary, name)) for name in TABLES}
    for profile in profiles_of(data):
        for measure in (profile.sample_type, profile.period_type):
            assert 0 < measure.type_strindex < sizes["string"]
            assert 0 < measure.unit_strindex < sizes["string"]
        assert all(0 < index < sizes["attribute"] for index in profile.attribute_indices)
        for sample in profile.samples:
            assert 0 < sample.stack_index < sizes["stack"]
            assert 0 <= sample.link_index < sizes["link"]
            assert all(0 < index < sizes["attribute"] for index in sample.attribute_indices)


def test_attribute_keys_are_conventions(dictionary: ProfilesDictionary) -> None:
    keys = {dictionary.string_table[entry.key_strindex] for entry in dictionary.attribute_table[1:]}
    assert {"thread.name", "thread.id", "profile.frame.type", "process.executable.name"} <= keys
    assert keys <= attribute_names()
    types = {
        entry.value.string_value
        for entry in dictionary.attribute_table
        if dictionary.string_table[entry.key_strindex] == "profile.frame.type"
    }
    assert types <= FRAME_TYPES
    assert {"jvm", "cpython", "go", "v8js", "native", "kernel"} <= types


def test_by_default_the_dictionary_is_small_enough_for_every_request() -> None:
    assert len(ProfileEncoder(profile_factory()).prologue()) < 200_000


def test_the_dictionary_does_not_depend_on_the_number_of_profiles() -> None:
    few, many = (ProfileEncoder(profile_factory(count=count)).prologue() for count in (10, 999))
    assert few == many


def test_sizes_follow_the_configuration() -> None:
    factory = profile_factory(
        stacks={"per_service": 20, "functions_per_service": 7}, links={"spans": 50}
    )
    encoder = ProfileEncoder(factory)
    dictionary = ProfilesData.FromString(encoder.prologue()).dictionary
    assert len(dictionary.link_table) == 1 + 50
    traced = [service for service in TOPOLOGY.services if not service.is_silent]
    for service in traced:
        assert len(factory.stacks.by_service.group(service.number)) == 20
    own = [text for text in dictionary.string_table if text.startswith("app.web.")]
    assert 0 < len(own) <= 7


def test_a_stack_leads_from_the_runtime_through_the_handler_to_a_leaf(
    dictionary: ProfilesDictionary,
) -> None:
    stacks = [functions_of(dictionary, at) for at in range(1, len(dictionary.stack_table))]
    work = [stack for stack in stacks if stack[-1] == "thread_native_entry"]
    assert len(work) > 20
    handlers = {
        locate(operation, "java").function
        for operation in TOPOLOGY.operations
        if operation.service == 0 and operation.protocol is Protocol.HTTP
    }
    assert all(handlers & set(stack) for stack in work)
    assert {len(stack) for stack in work} <= set(range(10, 25))
    assert len({len(stack) for stack in work}) > 5
    drivers = [stack for stack in stacks if "Cursor.execute" in stack]
    callers = {name for stack in drivers for name in stack if name.startswith("app.repository.")}
    called = {f"app.repository.{name}" for name in ("select_orders", "insert_orders")}
    assert called & callers
    assert callers <= {*called, "app.repository.update_stock"}


def test_what_an_operation_calls_is_called_from_its_stacks() -> None:
    """In an explicit topology, where services do not list whom they call."""
    calls = (Call((13,), (1,)),)
    operations = [
        replace(one, calls=calls if one.number == 0 else ()) for one in TOPOLOGY.operations
    ]
    services = [replace(one, callees=()) for one in TOPOLOGY.services]
    explicit = replace(
        TOPOLOGY, operations=tuple(operations), services=tuple(services), is_explicit=True
    )
    stacks = profile_factory(topology=explicit).stacks
    entries = {
        frame.function
        for number in stacks.by_service.group(0).tolist()
        for frame in stacks.stacks[number]
        if frame.function.startswith("app.cache.")
        and "app.handlers.get_shop" in {each.function for each in stacks.stacks[number]}
    }
    assert entries == {"app.cache.get_session"}
    assert not any("psycopg" in frame.file for stack in stacks.stacks for frame in stack)


def test_stacks_of_a_service_share_their_outer_frames(dictionary: ProfilesDictionary) -> None:
    """So a flame graph has few wide towers instead of many thin ones."""
    stacks = [functions_of(dictionary, at)[::-1] for at in range(1, len(dictionary.stack_table))]
    work = [stack for stack in stacks if stack[0] == "thread_native_entry"]
    distinct = [len({tuple(stack[:depth]) for stack in work}) for depth in (5, 8, 20)]
    assert distinct[0] == 1
    assert distinct[0] < distinct[1] < distinct[2]
    assert distinct[1] < len(work) / 3


def test_without_traces_nothing_is_named() -> None:
    for factory in (profile_factory(None), profile_factory(ShortRequests(requests=0))):
        data = decoded(factory)
        assert len(data.dictionary.link_table) == 1
        assert not any(each.sample.link_index for each in placed(data))
