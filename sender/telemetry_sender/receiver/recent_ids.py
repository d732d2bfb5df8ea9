"""Whether an id came before, in bounded memory: the latest ids are known, older ones forgotten."""

from collections.abc import Collection

_KEPT = 1 << 16


class RecentIds:
    """Knows at least the last `kept` ids, and at most twice as many (15 MB unless given)."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._young: set[bytes] = set()
        self._old: set[bytes] = set()

    def add(self, ids: Collection[bytes]) -> int:
        """Take ids in; return how many of them came before, repeats among them included."""
        taken = set(ids)
        fresh = taken - self._young - self._old
        # What came again is recent again, too.
        self._young |= taken
        if len(self._young) >= self._kept:
            self._old, self._young = self._young, set()
        return len(ids) - len(fresh)
