"""Counts distinct values in bounded memory: exactly up to a limit, then by estimate.

The estimate is that of the k minimum values (Bar-Yossef et al., "Counting Distinct Elements in a
Data Stream", 2002): if the k-th smallest of n hashes in [0, 1) is h, then n is about (k - 1) / h.
Its standard error is 1 / √k, which is 1.6 % here.
"""

from hashlib import blake2b

EXACT_LIMIT = 4096

_HASH_BYTES = 8
_HASHES = 1 << (8 * _HASH_BYTES)


class DistinctCounter:
    """Counts the distinct values among those added."""

    def __init__(self, limit: int = EXACT_LIMIT) -> None:
        self._limit = limit
        self._hashes: set[int] = set()
        self._below = _HASHES

    def add(self, value: bytes) -> None:
        """Count a value, unless it was counted before."""
        digest = int.from_bytes(blake2b(value, digest_size=_HASH_BYTES).digest(), "little")
        if digest < self._below:
            self._hashes.add(digest)
            if len(self._hashes) >= 2 * self._limit:
                self._shrink()

    def _shrink(self) -> None:
        """Keep the smallest hashes."""
        smallest = sorted(self._hashes)[: self._limit]
        self._below = smallest[-1] + 1
        self._hashes = set(smallest)

    @property
    def exact(self) -> bool:
        """Whether `count` is exact."""
        return self._below == _HASHES

    @property
    def count(self) -> int:
        """Number of distinct values."""
        if self.exact:
            return len(self._hashes)
        kth = sorted(self._hashes)[self._limit - 1]
        return round((self._limit - 1) / ((kth + 1) / _HASHES))
