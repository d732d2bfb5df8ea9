"""What a sink has written, for the report."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FileAccount:
    """One complete file."""

    path: str
    stream: str
    bytes: int
    """On disk."""
    records: int


@dataclass(frozen=True, slots=True)
class SinkAccount:
    """What one sink of a run left behind."""

    name: str
    files: tuple[FileAccount, ...] = ()
    problem: str = ""
    """Why it could not go on; empty when nothing went wrong."""
    lost: dict[str, int] = field(default_factory=dict)
    """By signal: events that it had taken, and that are in no complete file."""
