"""What went wrong, grouped: a run of a million failures must not keep a million messages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from telemetry_common.signals import Signal

PARTIAL_SUCCESS = "PARTIAL_SUCCESS"
WARNING = "WARNING"
LOST = "LOST"
"""The code of events in files that could not be completed."""

_MAX_ROWS = 100
_MAX_MESSAGE = 300
_REST = "other"


@dataclass(frozen=True, slots=True)
class FailureRow:
    """How many requests of a signal ended with the same code and message."""

    signal: Signal
    code: str
    message: str
    count: int


class FailureLog:
    """Counts requests by signal, code and message.

    Beyond 100 distinct rows new messages fall under `other`, one row for each signal and code.
    Every message passes through `redact` first, because receivers echo what they are sent.
    """

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact
        self._counts: dict[tuple[Signal, str, str], int] = {}

    def add(self, signal: Signal, code: str, message: str) -> None:
        """Count one request."""
        self._count((signal, code, self._shown(message)), 1)

    def merge(self, rows: Iterable[FailureRow]) -> None:
        """Count the requests of rows that another log has made safe to show."""
        for row in rows:
            self._count((row.signal, row.code, row.message), row.count)

    def _count(self, key: tuple[Signal, str, str], requests: int) -> None:
        if key not in self._counts and len(self._counts) >= _MAX_ROWS:
            key = (*key[:2], _REST)
        self._counts[key] = self._counts.get(key, 0) + requests

    def _shown(self, message: str) -> str:
        return " ".join(self._redact(message).split())[:_MAX_MESSAGE]

    @property
    def total(self) -> int:
        """Requests that failed or lost events; a warning alone is neither."""
        return sum(self.codes().values())

    def codes(self) -> dict[str, int]:
        """Return the requests that failed or lost events, by code."""
        found: dict[str, int] = {}
        for (_, code, _), count in self._counts.items():
            if code != WARNING:
                found[code] = found.get(code, 0) + count
        return found

    def __getstate__(self) -> dict[tuple[Signal, str, str], int]:
        return self._counts

    def __setstate__(self, counts: dict[tuple[Signal, str, str], int]) -> None:
        self._redact, self._counts = str, counts

    def rows(self) -> list[FailureRow]:
        """Return all rows, the most frequent first."""
        rows = [FailureRow(*key, count) for key, count in self._counts.items()]
        return sorted(rows, key=lambda row: (-row.count, row.signal, row.code, row.message))
