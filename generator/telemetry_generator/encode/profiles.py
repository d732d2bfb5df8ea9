"""Profiles as OTLP bytes: the dictionary first, then profiles under their instances' resources."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.profiles.v1development.profiles_pb2 import (
    Profile,
    ProfilesData,
    Sample,
    ScopeProfiles,
    ValueType,
)

from telemetry_generator.draws import I64
from telemetry_generator.encode.cells import (
    Cells,
    Fragments,
    fixed64_tag,
    fold,
    join,
    length_tag,
    varint,
    varints,
)
from telemetry_generator.encode.profile_dictionary import DictionaryBuilder
from telemetry_generator.encode.values import attribute_bytes
from telemetry_generator.profiles.factory import ProfileFactory
from telemetry_generator.profiles.frames import Frame, executable_of
from telemetry_generator.profiles.table import ObservationColumns, ProfileColumns, ProfileTable
from telemetry_generator.profiles.threads import thread_id, thread_name
from telemetry_generator.profiles.types import PROFILE_TYPES, Measure
from telemetry_generator.world.model import Instance, ServiceNode

_PROFILER = InstrumentationScope(name="go.opentelemetry.io/ebpf-profiler", version="0.0.202547")
_SAMPLES = 2  # Profile.samples
_TIME = fixed64_tag(3)
_DURATION = b"\x20"  # field 4, varint
_PROFILE_ID = b"\x3a\x10"  # field 7, 16 bytes
_VALUES = 4  # Sample.values
_TIMESTAMPS = 5  # Sample.timestamps_unix_nano
_PROFILES = 2  # ScopeProfiles.profiles
_SCOPES = 2  # ResourceProfiles.scope_profiles
_RESOURCES = 1  # ProfilesData.resource_profiles
_WORD_BYTES = 8


class ProfileCounts(NamedTuple):
    """How much was encoded."""

    resources: int
    profiles: int
    samples: int


class ProfileEncoder:
    """Encodes tables of profiles; all of them refer to the dictionary in the prologue."""

    def __init__(self, profiles: ProfileFactory) -> None:
        self._config = profiles.config
        self._builder = DictionaryBuilder()
        types = [PROFILE_TYPES[name] for name in self._config.types]
        self._types = Fragments.of([self._sample_type(one.values) for one in types])
        self._periods = Fragments.of(
            [self._period(one.period, one.period_of(self._config.frequency_hz)) for one in types]
        )
        topology = profiles.topology
        self._processes = Fragments.of([self._process(one) for one in topology.services])
        self._threads = Fragments.of(
            [
                self._thread(service, number)
                for service in topology.services
                for number in range(self._config.threads)
            ]
        )
        self._stacks = Fragments.of([self._stack(frames) for frames in profiles.stacks.stacks])
        self._builder.add_links(profiles.links)
        # The last is for samples that name no span, whose link is NONE, -1.
        links = range(1, len(profiles.links) + 1)
        self._links = Fragments.of([*(_link(index) for index in links), b""])
        self._resources = Fragments.of([_resource(one) for one in topology.instances])

    def prologue(self) -> bytes:
        """Return the dictionary as `ProfilesData` bytes: the beginning of the file."""
        data = ProfilesData(dictionary=self._builder.dictionary)
        return data.SerializeToString(deterministic=True)

    def encode(self, table: ProfileTable) -> tuple[bytes, ProfileCounts]:
        """Return a table as `ProfilesData` bytes, whole `ResourceProfiles`, and its counts."""
        profiles = table.profiles
        owners = np.arange(len(table.samples)) // table.per_profile
        samples = fold(self._samples(table, owners), owners, len(profiles))
        content = join(
            Cells.pick(self._types, profiles.type),
            samples,
            Cells.words(_TIME, profiles.time.astype(np.uint64)),
            Cells.constant(len(profiles), _DURATION),
            varints(profiles.duration),
            Cells.pick(self._periods, profiles.type),
            Cells.words(_PROFILE_ID, profiles.id_high, profiles.id_low),
            Cells.pick(self._processes, profiles.service),
        )
        data, resources = self._grouped(content.embed(_PROFILES), profiles)
        return data, ProfileCounts(resources, len(profiles), len(table.samples))

    def _samples(self, table: ProfileTable, owners: I64) -> Cells:
        samples = table.samples
        thread = table.profiles.service[owners] * self._config.threads + samples.thread
        content = join(
            Cells.pick(self._stacks, samples.stack),
            Cells.pick(self._threads, thread),
            Cells.pick(self._links, samples.link),
            _values(table.observations, len(samples)),
            _timestamps(table.observations, len(samples)),
        )
        return content.embed(_SAMPLES)

    def _grouped(self, profiles: Cells, columns: ProfileColumns) -> tuple[bytes, int]:
        """Return the profiles of each turn under one resource, and how many turns there are."""
        turns = columns.number // len(self._config.types)
        starts = np.flatnonzero(np.diff(turns, prepend=-1))
        owners = turns - turns[0]
        scope = Cells.constant(len(starts), ScopeProfiles(scope=_PROFILER).SerializeToString())
        scopes = join(scope, fold(profiles, owners, len(starts))).embed(_SCOPES)
        resources = Cells.pick(self._resources, columns.instance[starts])
        return join(resources, scopes).embed(_RESOURCES).render()[0], len(starts)

    def _sample_type(self, measure: Measure) -> bytes:
        return Profile(sample_type=self._value_type(measure)).SerializeToString()

    def _period(self, measure: Measure, period: int) -> bytes:
        message = Profile(period_type=self._value_type(measure), period=period)
        return message.SerializeToString(deterministic=True)

    def _value_type(self, measure: Measure) -> ValueType:
        return ValueType(
            type_strindex=self._builder.string(measure.name),
            unit_strindex=self._builder.string(measure.unit),
        )

    def _process(self, service: ServiceNode) -> bytes:
        """Return the attributes of a service's profiles; nothing for one without any."""
        if service.is_silent:
            return b""
        name = executable_of(service.name, service.language).rpartition("/")[2]
        index = self._builder.attribute("process.executable.name", name)
        return Profile(attribute_indices=[index]).SerializeToString()

    def _thread(self, service: ServiceNode, number: int) -> bytes:
        """Return the attributes of samples of a thread; nothing for a service without profiles."""
        if service.is_silent:
            return b""
        name = thread_name(service.language, service.name, number)
        indices = [
            self._builder.attribute("thread.id", thread_id(number)),
            self._builder.attribute("thread.name", name),
        ]
        return Sample(attribute_indices=indices).SerializeToString()

    def _stack(self, frames: Sequence[Frame]) -> bytes:
        return Sample(stack_index=self._builder.stack(frames)).SerializeToString()


def _values(observations: ObservationColumns, samples: int) -> Cells:
    """Return the values of each sample, packed."""
    if observations.value is None:
        return Cells(samples)
    return fold(varints(observations.value), observations.owner, samples).embed(_VALUES)


def _timestamps(observations: ObservationColumns, samples: int) -> Cells:
    """Return the timestamps of each sample, packed."""
    if observations.time is None:
        return Cells(samples)
    data = observations.time.astype("<u8").tobytes()
    ends = np.searchsorted(observations.owner, np.arange(samples + 1)) * _WORD_BYTES
    bounds = ends.tolist()
    blobs = [data[start:end] for start, end in pairwise(bounds)]
    return Cells.blobs(blobs).embed(_TIMESTAMPS)


def _link(index: int) -> bytes:
    return Sample(link_index=index).SerializeToString()


def _resource(instance: Instance) -> bytes:
    content = attribute_bytes(1, instance.resource.attributes)
    return length_tag(1) + varint(len(content)) + content
