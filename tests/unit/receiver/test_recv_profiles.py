"""Profiles are checked: ids, samples and dictionary; each violation is found and nothing else."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import (
    ExportProfilesServiceRequest,
)
from opentelemetry.proto.profiles.v1development.profiles_pb2 import Profile, Sample

from receiver_reference import ReferenceSender, build_reference_set
from telemetry_common.signals import Signal
from telemetry_sender.receiver.checks import Checks
from telemetry_sender.receiver.intake import CheckingIntake
from telemetry_sender.receiver.profile_checks import ProfileChecks
from telemetry_sender.receiver.recent_ids import RecentIds
from telemetry_sender.receiver.references import Reference

Damage = Callable[[ExportProfilesServiceRequest], object]


def _request() -> ExportProfilesServiceRequest:
    return ReferenceSender(build_reference_set(), seed=1).profiles(0)


def _checked(*requests: ExportProfilesServiceRequest) -> Checks:
    intake = CheckingIntake()
    for request in requests:
        intake.take(Signal.PROFILES, request.SerializeToString())
    return intake.checks


def _profile(request: ExportProfilesServiceRequest, index: int = 0) -> Profile:
    return request.resource_profiles[0].scope_profiles[0].profiles[index]


def _id(profile_id: bytes) -> Damage:
    return lambda request: setattr(_profile(request), "profile_id", profile_id)


def _sample(values: Sequence[int], times: Sequence[int]) -> Damage:
    sample = Sample(values=values, timestamps_unix_nano=times)
    return lambda request: _profile(request).samples.append(sample)


def _prepended(table: str) -> Damage:
    """Put a copy of the last entry first, so that the table begins with no zero value."""

    def damage(request: ExportProfilesServiceRequest) -> None:
        entries = getattr(request.dictionary, table)
        kept = list(entries)
        del entries[:]
        entries.extend([kept[-1], *kept[1:]])

    return damage


def _with(path: str, index: int = 999) -> Damage:
    """Set or append an index; `path` is like `location_table.mapping_index`."""

    def damage(request: ExportProfilesServiceRequest) -> None:
        table, _, name = path.partition(".")
        holder: Any
        if table == "profile":
            holder = _profile(request)
        elif table == "sample":
            holder = _profile(request).samples[-1]
        else:
            holder = getattr(request.dictionary, table)[-1]
        *way, last = name.split(".")
        for step in way:
            holder = getattr(holder, step)
            holder = holder[0] if step == "lines" else holder
        if holder.DESCRIPTOR.fields_by_name[last].is_repeated:
            getattr(holder, last).append(index)
        else:
            setattr(holder, last, index)

    return damage


_INDICES = (
    "mapping_table.filename_strindex", "mapping_table.attribute_indices",
    "location_table.mapping_index", "location_table.attribute_indices",
    "location_table.lines.function_index",
    "function_table.name_strindex", "function_table.system_name_strindex",
    "function_table.filename_strindex",
    "attribute_table.key_strindex", "attribute_table.unit_strindex",
    "stack_table.location_indices",
    "profile.sample_type.type_strindex", "profile.sample_type.unit_strindex",
    "profile.period_type.type_strindex", "profile.period_type.unit_strindex",
    "profile.attribute_indices",
    "sample.stack_index", "sample.link_index", "sample.attribute_indices",
)  # fmt: skip
_TABLES = ("mapping", "location", "function", "link", "string", "attribute", "stack")

VIOLATIONS: list[tuple[Damage, str]] = [
    *((_with(path), "broken_indices") for path in _INDICES),
    (_with("sample.link_index", -1), "broken_indices"),
    *((_prepended(f"{name}_table"), "missing_zero_values") for name in _TABLES),
    (_id(b"\x01" * 15), "invalid_profile_ids"),
    (_id(bytes(16)), "invalid_profile_ids"),
    (_sample([], []), "malformed_samples"),
    (_sample([1, 2], [5]), "malformed_samples"),
]


@pytest.mark.parametrize(("damage", "found"), VIOLATIONS)
def test_each_violation_of_a_profile_is_counted_alone(damage: Damage, found: str) -> None:
    request = _request()
    damage(request)
    expected = ProfileChecks()
    setattr(expected, found, 1)
    assert _checked(request).profiles == expected


@pytest.mark.parametrize(
    "change", [_id(b""), _sample([1], []), _sample([], [1, 2]), _sample([1, 2], [3, 4])]
)
def test_what_is_optional_may_be_left_out(change: Damage) -> None:
    request = _request()
    change(request)
    assert _checked(request).profiles == ProfileChecks()


def test_an_empty_table_lacks_its_zero_value() -> None:
    request = ExportProfilesServiceRequest()
    request.resource_profiles.add().scope_profiles.add().profiles.add()
    assert _checked(request).profiles == ProfileChecks(missing_zero_values=len(_TABLES))


def test_the_last_entry_of_a_table_is_within_and_the_next_is_not() -> None:
    for extra, found in ((-1, 0), (0, 1)):
        request = _request()
        size = len(request.dictionary.stack_table)
        _profile(request).samples[0].stack_index = size + extra
        assert _checked(request).profiles.broken_indices == found


def test_an_id_that_comes_again_is_repeated() -> None:
    """In the same request or a later one."""
    twice = _request()
    _profile(twice, 1).profile_id = _profile(twice, 0).profile_id
    assert _checked(twice).profiles.repeated_profile_ids == 1
    profiles = len(_request().resource_profiles[0].scope_profiles[0].profiles)
    assert _checked(_request(), _request()).profiles.repeated_profile_ids == profiles


def test_samples_name_spans_by_their_links() -> None:
    """A malformed id in a link counts for every sample that names it, and for no other."""
    request = _request()
    request.dictionary.link_table[1].span_id = b"\x01"
    request.dictionary.link_table.add(trace_id=b"\x01")
    _profile(request, 0).samples.add(link_index=1, values=[1])
    checks = _checked(request)
    assert checks.references == {Reference.SAMPLES: 12}
    assert checks.invalid_references == {Reference.SAMPLES: 2}


@given(
    ids=st.lists(st.integers(0, 30), max_size=60), kept=st.integers(1, 40), cut=st.integers(1, 9)
)
def test_of_recent_ids_every_repeat_is_found(ids: list[int], kept: int, cut: int) -> None:
    """A repeat is one of the last `kept` different ids at least; what is new never is a repeat."""
    raw = [each.to_bytes(16, "big") for each in ids]
    recent = RecentIds(kept)
    for start in range(0, len(raw), cut):
        batch = raw[start : start + cut]
        before = list(dict.fromkeys(reversed(raw[:start])))
        seen, certain = set(before), set(before[:kept])
        inside = len(batch) - len(set(batch))
        found = recent.add(batch)
        assert inside + len(set(batch) & certain) <= found <= inside + len(set(batch) & seen)


def test_an_empty_value_does_not_make_an_attribute_of_none_another() -> None:
    """The Collector writes it; a value that is there, be it zero, does."""
    request = _request()
    first = request.dictionary.attribute_table[0]
    first.value.SetInParent()
    assert _checked(request).profiles == ProfileChecks()
    first.value.int_value = 0
    assert _checked(request).profiles == ProfileChecks(missing_zero_values=1)
