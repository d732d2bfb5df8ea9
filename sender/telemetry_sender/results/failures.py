"""What went wrong, grouped: a run of a million failures must not keep a million messages."""

from collections.abc import Callable
from dataclasses import dataclass

from telemetry_common.signals import Signal

PARTIAL_SUCCESS = "PARTIAL_SUCCESS"
WARNING = "WARNING"

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
        key = (signal, code, self._shown(message))
        if key not in self._counts and len(self._counts) >= _MAX_ROWS:
            key = (signal, code, _REST)
        self._counts[key] = self._counts.get(key, 0) + 1

    def _shown(self, message: str) -> str:
        return " ".join(self._redact(message).split())[:_MAX_MESSAGE]

    @property
    def total(self) -> int:
        """Requests that failed or lost events; a warning alone is neither."""
        return sum(count for (_, code, _), count in self._counts.items() if code != WARNING)

    def rows(self) -> list[FailureRow]:
        """Return all rows, the most frequent first."""
        rows = [FailureRow(*key, count) for key, count in self._counts.items()]
        return sorted(rows, key=lambda row: (-row.count, row.signal, row.code, row.message))
