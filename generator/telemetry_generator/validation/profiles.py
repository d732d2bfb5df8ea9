"""Profiles: the dictionary, the samples that refer to it, and the spans that they name."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Profile,
    ProfilesData,
    ProfilesDictionary,
    Sample,
)

from telemetry_generator.reading.ids import SPAN_ID_BYTES, TRACE_ID_BYTES, id_words
from telemetry_generator.validation.dictionary import (
    Problem,
    Sizes,
    index_problems,
    zero_problems,
)
from telemetry_generator.validation.kinds import Kind
from telemetry_generator.validation.resources import Resources
from telemetry_generator.validation.span_table import NOT_FOUND, SpanIndex
from telemetry_generator.validation.template_file import TemplateFile

_PROFILE_ID_BYTES = 16


@dataclass(slots=True)
class ProfileChecks:
    """Checks a profiles file in two passes, because its dictionary may stand at its end."""

    file: TemplateFile[ProfilesData]
    resources: Resources
    horizon_nanos: int
    index: SpanIndex | None

    def check_file(self) -> None:
        """Check the dictionary, then every profile and sample against it."""
        dictionary = ProfilesDictionary()
        for data in self.file.messages():
            dictionary.MergeFrom(data.dictionary)
        self._check_dictionary(dictionary)
        checks = _Profiles(self, Sizes(dictionary))
        for data in self.file.again():
            for each in data.resource_profiles:
                self.resources.service(each.resource, self.file.name)
                self.file.count(resources=1)
                for scope in each.scope_profiles:
                    for profile in scope.profiles:
                        checks.check(profile)

    def _check_dictionary(self, dictionary: ProfilesDictionary) -> None:
        for place, problem in zero_problems(dictionary):
            self.file.report(Kind.DICTIONARY, place, problem)
        for place, problem in index_problems(dictionary):
            self.file.report(Kind.DICTIONARY, place, problem)
        links = list(dictionary.link_table)[1:]
        traces, _ = id_words([link.trace_id for link in links], TRACE_ID_BYTES)
        spans, _ = id_words([link.span_id for link in links], SPAN_ID_BYTES)
        lost = (spans[:, 0] == 0) | (traces == 0).all(axis=1)
        if self.index is not None:
            lost |= self.index.find(traces, spans[:, 0]) == NOT_FOUND
        problem = "names no span" if self.index is None else "names no span of the set"
        describe = lambda row: (f"link_table[{row + 1}]", problem)  # noqa: E731
        self.file.report_rows(Kind.PROFILE_LINK, np.flatnonzero(lost).tolist(), describe)


class _Profiles:
    """Checks profiles one by one against the sizes of the dictionary's tables."""

    def __init__(self, checks: ProfileChecks, sizes: Sizes) -> None:
        self._file = checks.file
        self._horizon = checks.horizon_nanos
        self._sizes = sizes
        self._ids: set[bytes] = set()
        self._number = 0

    def check(self, profile: Profile) -> None:
        place = f"profile {profile.profile_id.hex() or self._number}"
        self._number += 1
        self._file.count(events=len(profile.samples))
        self._check_id(profile.profile_id, place)
        if not 1 <= profile.time_unix_nano <= self._horizon:
            self._file.report(Kind.TIME, place, "its time is not within 1 .. horizon")
        for at, problem in self._index_problems(profile, place):
            self._file.report(Kind.DICTIONARY, at, problem)
        for row, sample in enumerate(profile.samples):
            if found := self._sample_problem(profile, sample):
                self._file.report(Kind.SAMPLE, f"{place} sample {row}", found)

    def _check_id(self, identity: bytes, place: str) -> None:
        if identity and (len(identity) != _PROFILE_ID_BYTES or not any(identity)):
            self._file.report(Kind.PROFILE_ID, place, "its id is not 16 bytes, or zero")
        elif identity in self._ids:
            self._file.report(Kind.PROFILE_ID, place, "its id is not unique")
        if identity:
            self._ids.add(identity)

    def _index_problems(self, profile: Profile, place: str) -> Iterator[Problem]:
        types = (profile.sample_type, profile.period_type)
        names = [index for each in types for index in (each.type_strindex, each.unit_strindex)]
        yield from self._sizes.outside(place, "string_table", names)
        yield from self._sizes.outside(place, "attribute_table", profile.attribute_indices)
        for row, sample in enumerate(profile.samples):
            at = f"{place} sample {row}"
            yield from self._sizes.outside(at, "stack_table", [sample.stack_index])
            yield from self._sizes.outside(at, "link_table", [sample.link_index])
            yield from self._sizes.outside(at, "attribute_table", sample.attribute_indices)

    def _sample_problem(self, profile: Profile, sample: Sample) -> str | None:
        values, times = len(sample.values), len(sample.timestamps_unix_nano)
        if not values and not times:
            return "has neither values nor timestamps"
        if values and times and values != times:
            return f"has {values} values and {times} timestamps"
        end = profile.time_unix_nano + profile.duration_nano
        if any(not profile.time_unix_nano <= time <= end for time in sample.timestamps_unix_nano):
            return "a timestamp lies outside its profile"
        return None
