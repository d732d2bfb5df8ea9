"""Types of profiles: what they measure, and what their values look like.

Names follow the examples in OTLP's `profiles.proto` and those of pprof.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.config.profiles import TypeName
from telemetry_generator.draws import I64, lognormal_millionths

_SECOND = 1_000_000_000
_MILLION = 1_000_000
# 256 different values: their encodings are looked up, and a profiler's are rounded as well.
_COARSE = np.uint64(0xFF << 56)


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is counted, in a unit: a `ValueType` of OTLP."""

    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class ProfileType:
    """One type of profile: `values` are log-normal, or the period where `median` is 0."""

    values: Measure
    period: Measure
    step: int = 0
    """The period; 0: it follows from the frequency."""
    median: int = 0
    sigma_millis: int = 0

    def period_of(self, frequency: int) -> int:
        """Return the period, given how many samples a second there are."""
        return self.step or max(1, _SECOND // frequency)

    def draw_values(self, draws: U64, frequency: int) -> I64:
        """Return the value of each observation; at least 1."""
        if not self.median:
            return np.full(len(draws), self.period_of(frequency))
        factors = lognormal_millionths(draws & _COARSE, self.sigma_millis)
        return np.maximum(1, self.median * factors // _MILLION)


_CPU_TIME = Measure("cpu", "nanoseconds")
_WALL_TIME = Measure("wall", "nanoseconds")
_EVENT = Measure("events", "count")
_CONTENTION = Measure("contentions", "count")
_SPACE = Measure("space", "bytes")
_ALLOCATION_STEP = 512 * 1024  # Go's MemProfileRate; the JVM's and others are alike

PROFILE_TYPES: Mapping[TypeName, ProfileType] = {
    "cpu": ProfileType(_CPU_TIME, _CPU_TIME),
    "wall": ProfileType(_WALL_TIME, _WALL_TIME),
    "off_cpu": ProfileType(Measure("off_cpu", "nanoseconds"), _EVENT, 1, 2_000_000, 1_200),
    "lock": ProfileType(Measure("delay", "nanoseconds"), _CONTENTION, 1, 200_000, 1_500),
    "allocated_space": ProfileType(
        Measure("allocated_space", "bytes"), _SPACE, _ALLOCATION_STEP, 16_384, 1_300
    ),
    "allocated_objects": ProfileType(
        Measure("allocated_objects", "count"), _SPACE, _ALLOCATION_STEP, 64, 1_300
    ),
}
