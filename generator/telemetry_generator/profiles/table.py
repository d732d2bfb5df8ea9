"""Profiles and their samples as columns: what the model makes, and what the encoder reads."""

from dataclasses import dataclass

from telemetry_common.ids import U64
from telemetry_generator.draws import I64


@dataclass(frozen=True, slots=True, eq=False)
class ProfileColumns:
    """Some profiles, columns of shape (p,). Times are template times."""

    number: I64
    """The number in the whole set."""
    instance: I64
    """Whose profile it is: an index into `Topology.instances`."""
    service: I64
    type: I64
    """An index into the configured types."""
    time: I64
    duration: I64
    """Nanoseconds; every timestamp t of a sample has `time <= t < time + duration`."""
    group: I64
    """The group of spans that its samples name (see `LinkedSpans`), NONE for none."""
    key: U64
    """The key of its further draws."""
    id_high: U64
    id_low: U64

    def __len__(self) -> int:
        return len(self.number)


@dataclass(frozen=True, slots=True, eq=False)
class SampleColumns:
    """The samples of profiles, each of which has the same number; columns of shape (n,)."""

    stack: I64
    """An index into `StackTable.stacks`."""
    link: I64
    """An index into `LinkedSpans`, NONE for none."""
    thread: I64
    """The number of the thread in its instance."""
    heat: I64
    """The rank of the stack in its service or operation, 0 for the hottest."""
    key: U64

    def __len__(self) -> int:
        return len(self.stack)


@dataclass(frozen=True, slots=True, eq=False)
class ObservationColumns:
    """What samples recorded, columns of shape (o,): one after another, by time within a sample."""

    owner: I64
    """The sample, ascending; each has at least one."""
    time: I64 | None
    """None where only values are recorded."""
    value: I64 | None
    """None where only timestamps are recorded."""


@dataclass(frozen=True, slots=True, eq=False)
class ProfileTable:
    """Profiles, samples and observations: `len(samples) == len(profiles) * per_profile`."""

    profiles: ProfileColumns
    samples: SampleColumns
    observations: ObservationColumns
    per_profile: int
