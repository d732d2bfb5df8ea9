"""What a request is answered, in no protocol's words; the servers translate it into theirs."""

from dataclasses import dataclass
from typing import TypeAlias

from telemetry_sender.receiver.statuses import Status


@dataclass(frozen=True, slots=True)
class Accepted:
    """Everything was taken."""


@dataclass(frozen=True, slots=True)
class PartlyAccepted:
    """Everything but `rejected` was taken (OTLP partial success); profiles count as profiles."""

    rejected: int
    message: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was taken; `retry_after` in seconds says when to come again."""

    status: Status
    message: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Garbage:
    """A success whose body is no message."""


@dataclass(frozen=True, slots=True)
class Severed:
    """No answer: the connection is closed."""


Answer: TypeAlias = Accepted | PartlyAccepted | Refused | Garbage | Severed

ACCEPTED = Accepted()

GARBAGE_BYTES = b"\xff" * 24
"""A tag of more than ten bytes, which no protobuf parser takes; and not UTF-8 either."""
