"""What a sink has written, for the report."""

from collections import Counter
from collections.abc import Iterable
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

    @property
    def bytes(self) -> int:
        """On disk, of all files."""
        return sum(file.bytes for file in self.files)

    @property
    def records(self) -> int:
        """Of all files."""
        return sum(file.records for file in self.files)


def together(parts: Iterable[Iterable[SinkAccount]]) -> tuple[SinkAccount, ...]:
    """Return one account for the sinks in the same place of each part, which wrote side by side."""
    rows = [tuple(part) for part in parts]
    width = max(map(len, rows), default=0)
    return tuple(
        _joined([row[place] for row in rows if place < len(row)]) for place in range(width)
    )


def _joined(accounts: list[SinkAccount]) -> SinkAccount:
    lost: Counter[str] = Counter()
    for account in accounts:
        lost.update(account.lost)
    return SinkAccount(
        name=accounts[0].name,
        files=tuple(file for account in accounts for file in account.files),
        problem=next((account.problem for account in accounts if account.problem), ""),
        lost=dict(lost),
    )
