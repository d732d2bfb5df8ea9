"""What tells a record dialect: how it writes an event of each stream."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from telemetry_sender.records.base import Stream
from telemetry_sender.records.writer import RecordWriter

EventWriter = Callable[[Any, RecordWriter], None]
"""Writes one event between `begin` and `end` of its record, line break included."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The names and forms of the fields of records."""

    name: str
    summary: str
    """One line for `telemetry-sender sinks` and the documentation."""
    writers: Mapping[Stream, EventWriter]
    has_lazy_attributes: bool = False
    """Whether it takes the attributes of most events by their bytes, as `SharedTexts.attributes`
    does: then they are not read before."""
