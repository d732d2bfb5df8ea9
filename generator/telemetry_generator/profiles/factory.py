"""Profiles by chunk: any chunk can be made alone, at any time, and always comes out the same.

What a profile contains depends on its number, the seed and the configuration. Which spans it names
depends on the number of profiles as well, because profiles stand in the order of the traces that
they name: both are sent in step.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from telemetry_common.ids import mix64
from telemetry_generator.config.profiles import ProfilesConfig
from telemetry_generator.draws import I64, entity_keys
from telemetry_generator.keyed import id_key
from telemetry_generator.profiles.links import LinkedSpans, Requests
from telemetry_generator.profiles.sampling import Sampling
from telemetry_generator.profiles.schedule import Schedule
from telemetry_generator.profiles.stacks import StackTable
from telemetry_generator.profiles.table import ProfileColumns, ProfileTable
from telemetry_generator.world.model import Topology

_CHUNK_SAMPLES = 40_000
_USUAL_OBSERVATIONS = 8
_NANOS_PER_MILLI = 1_000_000


@dataclass(frozen=True)
class ProfileFactory:
    """All profiles of a set; `traces` is None when there are no spans to name."""

    config: ProfilesConfig
    topology: Topology
    traces: Requests | None
    seed: int
    horizon_nanos: int

    @property
    def total(self) -> int:
        """Number of samples."""
        return self.config.count * self.config.samples_per_profile

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.config.count // self.chunk_size)

    @property
    def chunk_size(self) -> int:
        """Profiles of a chunk, which has all types of an instance's turn.

        It has fewer samples where they are larger than usual.
        """
        types = len(self.config.types)
        size = max(1, self.config.max_observations // _USUAL_OBSERVATIONS)
        turns = _CHUNK_SAMPLES // (self.config.samples_per_profile * types * size)
        return max(1, turns) * types

    @cached_property
    def stacks(self) -> StackTable:
        """The stacks of all services."""
        return StackTable.of(self.topology, self.config.stacks, self.seed)

    @cached_property
    def links(self) -> LinkedSpans:
        """The spans that samples name."""
        wanted = self.config.links.spans if self.config.links.percentage else 0
        return LinkedSpans.of(self.traces, wanted)

    def chunk(self, number: int) -> ProfileTable:
        """Build chunk `number`, which begins with profile `number * chunk_size`."""
        first = number * self.chunk_size
        last = min(first + self.chunk_size, self.config.count)
        profiles = self._profiles(np.arange(first, last))
        samples = self._sampling.samples(profiles)
        observations = self._sampling.observations(profiles, samples)
        return ProfileTable(profiles, samples, observations, self.config.samples_per_profile)

    @cached_property
    def _sampling(self) -> Sampling:
        return Sampling(self.config, self.stacks, self.links)

    @cached_property
    def _schedule(self) -> Schedule:
        return Schedule(
            self.links,
            instances=len(self.topology.instances),
            requests=self.traces.requests if self.traces else 0,
            turns=-(-self.config.count // len(self.config.types)),
            duration=self.config.duration_ms * _NANOS_PER_MILLI,
            horizon=self.horizon_nanos,
            seed=self.seed,
        )

    @cached_property
    def _service_of(self) -> I64:
        return np.array([instance.service for instance in self.topology.instances], np.int64)

    def _profiles(self, numbers: I64) -> ProfileColumns:
        turn, kind = np.divmod(numbers, len(self.config.types))
        instance = turn % len(self.topology.instances)
        group = self._schedule.groups(turn)
        time, duration = self._schedule.intervals(turn, group)
        counters = numbers.astype(np.uint64)
        return ProfileColumns(
            number=numbers,
            instance=instance,
            service=self._service_of[instance],
            type=kind,
            time=time,
            duration=duration,
            group=group,
            key=entity_keys(self.seed, "profile", numbers),
            id_high=mix64(counters + np.uint64(id_key(self.seed, "profile-high"))),
            id_low=mix64(counters + np.uint64(id_key(self.seed, "profile-low"))),
        )
