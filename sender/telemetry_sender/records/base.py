"""Whole records on their way to a file, whatever they are written in."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from telemetry_sender.events.model import Event, Log, Span

Ends = NDArray[np.int64]


class Stream(StrEnum):
    """What goes into one sequence of files: a signal, or the log records that are events."""

    TRACES = "traces"
    METRICS = "metrics"
    LOGS = "logs"
    EVENTS = "events"

    # That of enums is not kept by the member, and every event asks for it.
    __hash__ = str.__hash__


def stream_of(event: Event) -> Stream:
    """Return where an event is written; log records with a name are events of their own."""
    if isinstance(event, Span):
        return Stream.TRACES
    if isinstance(event, Log):
        return Stream.EVENTS if event.event_name else Stream.LOGS
    return Stream.METRICS


@dataclass(frozen=True, slots=True)
class Records:
    """Whole records of one stream, n of them, one behind another."""

    stream: str
    data: bytes
    ends: Ends
    """Where each ends in `data`, shape (n,)."""
    time: int
    """When the first of them happened, as it says itself; Unix nanoseconds."""
    events: int
    """Events that they hold in all: one each, except where a record is a whole request."""

    def __len__(self) -> int:
        """Return their bytes, before compression."""
        return len(self.data)


class RecordBatch(tuple[Records, ...]):
    """The records of one block, those of each stream together; its length is that in bytes."""

    __slots__ = ()

    def __len__(self) -> int:
        return sum(map(len, self))
