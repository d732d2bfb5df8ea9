"""An event as a record has it."""

from dataclasses import dataclass

from telemetry_sender.events.model import Event


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event, and which one of the run it was."""

    event: Event
    sequence: int
    """From 1."""
