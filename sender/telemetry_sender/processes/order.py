"""What a process of a run has to know before it can begin; it can be pickled."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from telemetry_common.signals import Signal
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.sending.cutting import Bounds
from telemetry_sender.sending.part import Part

Owned = Mapping[Signal, range]
"""The blocks of each signal that somebody sends in every pass."""


@dataclass(frozen=True, slots=True)
class Origin:
    """When a run starts, by the monotonic clock that all processes share, and by the calendar."""

    seconds: float
    unix_nanos: int


@dataclass(frozen=True, slots=True)
class Order:
    """The run, and which blocks of it one process sends."""

    config: SenderConfig
    seed: int
    environ: Mapping[str, str]
    bounds: Bounds
    owned: Owned
    concurrency: int
    """Requests in flight of this process."""
    part: Part
    """Which part of everything those blocks are."""
    whole: Mapping[Signal, int]
    """Events of all processes of all instances in one pass."""
    event_bytes: Mapping[Signal, float] = field(default_factory=dict)
    """Bytes that an event takes, about; needed only where the size of the run is given."""

    @property
    def size(self) -> float:
        """Bytes that this process may write; 0 means no limit."""
        return self.config.sending.size * sum(self.events.values()) / sum(self.whole.values())

    @property
    def events(self) -> dict[Signal, int]:
        """Events of this process in one pass."""
        return owned_events(self.bounds, self.owned)


def owned_events(bounds: Bounds, owned: Owned) -> dict[Signal, int]:
    """Return the events of these blocks in one pass."""
    return {
        signal: int(bounds[signal][blocks.stop] - bounds[signal][blocks.start])
        for signal, blocks in owned.items()
    }
