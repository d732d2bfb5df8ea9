"""Counters in memory that a parent shares with its children: they survive whatever ends a child."""

import mmap
import os
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

from telemetry_common.signals import Signal
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sinks.delivery import Delivery

_NAMES = tuple(field.name for field in fields(SignalCounters))
_ROW = struct.Struct(
    "".join("d" if isinstance(f.default, float) else "q" for f in fields(SignalCounters))
)
_values = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True)
class Board:
    """One row of counters for each signal of each process."""

    memory: mmap.mmap
    signals: Sequence[Signal]
    descriptor: int
    """Stands for the memory where a child opens it."""

    @classmethod
    def make(cls, processes: int, signals: Sequence[Signal]) -> "Board":
        """Return a board of zeros. Raises OSError when there is no memory."""
        descriptor = os.memfd_create("telemetry-sender-counters")
        os.truncate(descriptor, processes * len(signals) * _ROW.size)
        return cls.open(descriptor, signals)

    @classmethod
    def open(cls, descriptor: int, signals: Sequence[Signal]) -> "Board":
        """Return the board behind an inherited descriptor."""
        return cls(mmap.mmap(descriptor, 0), signals, descriptor)

    def close(self) -> None:
        """Release the memory here."""
        self.memory.close()
        os.close(self.descriptor)

    def publish(self, process: int, signal: Signal, counters: SignalCounters) -> None:
        """Write a row (about a microsecond)."""
        _ROW.pack_into(self.memory, self._at(process, signal), *_values(counters))

    def read(self, process: int, signal: Signal) -> SignalCounters:
        """Return what a process last published of a signal."""
        return SignalCounters(*_ROW.unpack_from(self.memory, self._at(process, signal)))

    def _at(self, process: int, signal: Signal) -> int:
        return (process * len(self.signals) + self.signals.index(signal)) * _ROW.size


class PublishedStats(RunStats):
    """Statistics whose counters are on a board from the moment that a request is sent or ends."""

    def __init__(self, board: Board, process: int, redact: Callable[[str], str] = str) -> None:
        super().__init__(board.signals, redact)
        self._board = board
        self._process = process

    def sent(self, signal: Signal, events: int, size_bytes: int) -> None:
        """Count a request handed to the sink for the first time."""
        super().sent(signal, events, size_bytes)
        self._board.publish(self._process, signal, self.of(signal))

    def retried(self, signal: Signal, events: int, size_bytes: int) -> None:
        """Count a further attempt of a request."""
        super().retried(signal, events, size_bytes)
        self._board.publish(self._process, signal, self.of(signal))

    def delivered(
        self,
        signal: Signal,
        events: int,
        delivery: Delivery,
        service_seconds: float,
        response_seconds: float,
    ) -> None:
        """Count the final outcome of a request."""
        super().delivered(signal, events, delivery, service_seconds, response_seconds)
        self._board.publish(self._process, signal, self.of(signal))

    def dropped(self, signal: Signal, events: int, *, deferred: bool = False) -> None:
        """Count scheduled events that were never sent."""
        super().dropped(signal, events, deferred=deferred)
        self._board.publish(self._process, signal, self.of(signal))
