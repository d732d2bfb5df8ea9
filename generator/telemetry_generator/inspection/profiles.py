"""The profiles of a set: how many samples of what, of which services, in which functions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Profile,
    ProfilesData,
    ProfilesDictionary,
    Sample,
)

from telemetry_common.signals import Signal
from telemetry_generator.inspection.cardinality import Census
from telemetry_generator.inspection.model import FunctionFacts, ProfileFacts
from telemetry_generator.inspection.resources import service_name

LISTED = 30
_UNKNOWN = "unknown"
_TABLES = ("string", "function", "location", "stack", "mapping", "link", "attribute")

Entry = TypeVar("Entry")


@dataclass(slots=True)
class ProfileReader:
    """Counts profiles as they go by; `dictionary` is that of the whole file."""

    census: Census
    dictionary: ProfilesDictionary
    _profiles: int = 0
    _samples: int = 0
    _with_span: int = 0
    _types: Counter[str] = field(default_factory=Counter)
    _services: Counter[str] = field(default_factory=Counter)
    _stacks: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Values by sample type and stack."""

    def read(self, data: ProfilesData) -> None:
        """Count the profiles of a chunk."""
        for group in data.resource_profiles:
            self.census.add((Signal.PROFILES, "resource"), group.resource.attributes)
            service = service_name(group.resource)
            for scope in group.scope_profiles:
                for profile in scope.profiles:
                    self._read(profile, service)

    def facts(self) -> ProfileFacts:
        """Return what was counted."""
        return ProfileFacts(
            profiles=self._profiles,
            samples=self._samples,
            with_span=self._with_span,
            sample_types=dict(self._types.most_common()),
            services=dict(self._services.most_common()),
            functions=self._functions(),
            stacks=len({stack for _, stack in self._stacks}),
            table_sizes={name: len(getattr(self.dictionary, f"{name}_table")) for name in _TABLES},
        )

    def _read(self, profile: Profile, service: str) -> None:
        values = profile.sample_type
        kind = f"{self._text(values.type_strindex)} in {self._text(values.unit_strindex)}"
        self._profiles += 1
        self._samples += len(profile.samples)
        self._services[service] += len(profile.samples)
        self._types[kind] += len(profile.samples)
        for sample in profile.samples:
            self._with_span += sample.link_index > 0
            self._stacks[kind, sample.stack_index] += _value(sample)

    def _functions(self) -> tuple[FunctionFacts, ...]:
        """Return the functions with the most value by themselves, of the most frequent type."""
        if not self._types:
            return ()
        [(kind, _)] = self._types.most_common(1)
        own: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for (of_kind, stack), value in self._stacks.items():
            names = self._names(stack) if of_kind == kind else []
            if names:
                own[names[0]] += value
                total.update(dict.fromkeys(names, value))
        found = (FunctionFacts(name, own[name], total[name]) for name in total)
        ordered = sorted(found, key=lambda each: (-each.self_value, -each.total_value, each.name))
        return tuple(ordered[:LISTED])

    def _names(self, stack: int) -> list[str]:
        """Return the functions of a stack, the innermost first."""
        found = _at(self.dictionary.stack_table, stack)
        names: list[str] = []
        for index in found.location_indices if found else ():
            location = _at(self.dictionary.location_table, index)
            lines = location.lines if location else ()
            names += [self._function(line.function_index) for line in lines]
        return names

    def _function(self, index: int) -> str:
        function = _at(self.dictionary.function_table, index)
        return self._text(function.name_strindex) if function else _UNKNOWN

    def _text(self, index: int) -> str:
        return _at(self.dictionary.string_table, index) or _UNKNOWN


def _value(sample: Sample) -> int:
    """Return what a sample weighs; one with timestamps only counts each of them."""
    return sum(sample.values) if sample.values else len(sample.timestamps_unix_nano)


def _at(table: Sequence[Entry], index: int) -> Entry | None:
    return table[index] if 0 <= index < len(table) else None
