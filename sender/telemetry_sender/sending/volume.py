"""How many bytes a run may still write, as events: so that it ends close to a given size."""

from collections.abc import Mapping
from dataclasses import dataclass

from telemetry_common.signals import Signal


@dataclass(slots=True)
class _Written:
    """What is known of one signal."""

    estimate: float
    """Bytes of an event before any was written."""
    events: int = 0
    bytes: int = 0
    settled: int = 0
    """Events when bytes last came out: files gather what they compress."""
    under_way: int = 0
    """Events that were taken from the set, and of which it is not known what they take."""

    @property
    def per_event(self) -> float:
        """Bytes that an event takes."""
        return self.bytes / self.settled if self.bytes and self.settled else self.estimate

    @property
    def expected(self) -> float:
        """Bytes written, and those that what is gathered or under way will take."""
        return self.bytes + (self.events - self.settled + self.under_way) * self.per_event


class Volume:
    """Counts against a size in bytes; 0 is without limit."""

    def __init__(self, size: float, event_bytes: Mapping[Signal, float]) -> None:
        """`event_bytes` says how many bytes an event of each signal takes, about."""
        self._size = size
        self._written = {signal: _Written(each) for signal, each in event_bytes.items()}

    def room(self, signal: Signal) -> float:
        """Return how many events of a signal fit into what is left."""
        if not self._size:
            return float("inf")
        left = self._size - sum(each.expected for each in self._written.values())
        return max(0.0, left / max(self._written[signal].per_event, 1e-9))

    def begin(self, signal: Signal, events: int) -> None:
        """Learn that events are under way: others must not count on their room."""
        self._change(signal, events)

    def end(self, signal: Signal, events: int) -> None:
        """Learn that events are no longer under way, whatever became of them."""
        self._change(signal, -events)

    def took(self, signal: Signal, events: int, size_bytes: int) -> None:
        """Learn that events were accepted, and how many bytes came out by that."""
        if not self._size:
            return
        written = self._written[signal]
        written.events += events
        written.bytes += size_bytes
        if size_bytes:
            written.settled = written.events

    def _change(self, signal: Signal, events: int) -> None:
        if self._size:
            self._written[signal].under_way += events
