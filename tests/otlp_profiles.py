"""Small valid profiles whose samples name given spans, made with the real protobuf classes."""

from collections.abc import Sequence
from typing import Any

from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    KeyValueAndUnit,
    Profile,
    ProfilesData,
    ProfilesDictionary,
    ValueType,
)

_STRINGS = ["", "cpu", "nanoseconds", "main", "handle", "app.py", "thread.id", "/usr/bin/app"]
_STACKS = 3


def profiles_naming(spans: Sequence[Any], per_profile: int = 4) -> ProfilesData:
    """Return profiles with a sample for each span, and one without a link, in template time.

    A profile covers its spans, and each sample has two timestamps within its span.
    """
    data = ProfilesData(dictionary=_dictionary(spans))
    scope = data.resource_profiles.add().scope_profiles.add()
    data.resource_profiles[0].resource.attributes.add(key="service.name").value.string_value = "s"
    for first in range(0, len(spans), per_profile):
        named = range(first, min(first + per_profile, len(spans)))
        _add_profile(scope.profiles.add(), spans, named)
    return data


def _dictionary(spans: Sequence[Any]) -> ProfilesDictionary:
    """Return the tables: entry 0 of each is the zero value, link i + 1 names span i."""
    dictionary = ProfilesDictionary(string_table=_STRINGS)
    for table in ("mapping", "location", "function", "link", "attribute", "stack"):
        getattr(dictionary, f"{table}_table").add()
    dictionary.mapping_table.add(memory_start=4096, memory_limit=8192, filename_strindex=7)
    for name in (3, 4):
        dictionary.function_table.add(name_strindex=name, filename_strindex=5, start_line=name)
    for function in (1, 2):
        location = dictionary.location_table.add(mapping_index=1, address=4096 + function)
        location.lines.add(function_index=function, line=10 * function)
    for locations in ([1], [2, 1]):
        dictionary.stack_table.add(location_indices=locations)
    thread = KeyValueAndUnit(key_strindex=6)
    thread.value.int_value = 7
    dictionary.attribute_table.append(thread)
    for span in spans:
        dictionary.link_table.add(trace_id=span.trace_id, span_id=span.span_id)
    return dictionary


def _add_profile(profile: Profile, spans: Sequence[Any], named: range) -> None:
    start = min(spans[index].start_time_unix_nano for index in named)
    end = max(spans[index].end_time_unix_nano for index in named)
    profile.sample_type.CopyFrom(ValueType(type_strindex=1, unit_strindex=2))
    profile.period_type.CopyFrom(ValueType(type_strindex=1, unit_strindex=2))
    profile.period, profile.attribute_indices[:] = 10_000_000, [1]
    profile.time_unix_nano, profile.duration_nano = start, end + 1 - start
    profile.profile_id = (named.start + 1).to_bytes(8, "big") * 2
    for index in named:
        span = spans[index]
        profile.samples.add(
            stack_index=index % _STACKS,
            attribute_indices=[1],
            link_index=index + 1,
            values=[10_000_000, 20_000_000],
            timestamps_unix_nano=[span.start_time_unix_nano, span.end_time_unix_nano],
        )
    profile.samples.add(stack_index=1, values=[1], timestamps_unix_nano=[start])
