"""Data points or log records of one request, column by column."""

from dataclasses import dataclass

from telemetry_common.ids import U64
from telemetry_sender.receiver.stream_names import StreamNames


@dataclass(frozen=True, slots=True)
class EventColumns:
    """What identifies n events: the stream of each, and its time in Unix nanoseconds (0: none)."""

    names: StreamNames
    times: U64

    def __len__(self) -> int:
        return len(self.times)
