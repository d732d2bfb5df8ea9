"""Randomness by key: every entity draws from a stream of its own, so nothing depends on order.

A stream is SplitMix64 (see `telemetry_common.ids`): draw k of the entity with key K is
`mix64(K + (k + 1) * golden ratio)`. Neither Python's `random` nor NumPy's generators promise the
same values in the next version, and a shared generator would make trace 7 depend on trace 6.
"""

from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import TypeVar

import numpy as np

from telemetry_common.ids import U64, derive_key, mix64

_GAMMA = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd: SplitMix64's increment
_ID_KEY_FLOOR = 1 << 62
_BLOCK = 128
_NORMAL = NormalDist()

Item = TypeVar("Item")


def words(key: int, count: int, first: int = 0) -> U64:
    """Return draws `first .. first + count - 1` of the stream with this key; shape (count,)."""
    counters = np.arange(first + 1, first + count + 1, dtype=np.uint64)
    counters *= _GAMMA
    counters += np.uint64(key)
    return mix64(counters)


def below(draws: U64, limit: int) -> U64:
    """Map each draw to 0 .. limit - 1 evenly, for limits below 2^32; the shape stays."""
    scaled: U64 = (draws >> np.uint64(32)) * np.uint64(limit)
    scaled >>= np.uint64(32)
    return scaled


def id_key(seed: int, *names: str | int) -> int:
    """Return a key whose sums with counters below 2^62 never give the invalid all-zero id."""
    return _ID_KEY_FLOOR | (derive_key(seed, *names) & (_ID_KEY_FLOOR - 1))


class Stream:
    """The draws of one entity, one after another."""

    __slots__ = ("_next",)

    def __init__(self, seed: int, *names: str | int) -> None:
        self._next = _endless(derive_key(seed, *names)).__next__

    def bits(self) -> int:
        """Return the next 64 random bits."""
        return self._next()

    def below(self, limit: int) -> int:
        """Return an integer in 0 .. limit - 1."""
        return (self._next() * limit) >> 64

    def chance(self, percent: float) -> bool:
        """Return whether an event of this probability happens."""
        return self._next() < percent / 100 * 2**64

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of `items`, each as likely as the others."""
        return items[(self._next() * len(items)) >> 64]

    def normal(self, mean: float, deviation: float) -> float:
        """Return a normal variate.

        The quantile is rounded, because the logarithm in it differs in the last bit between
        processors.
        """
        quantile = (self._next() >> 11) + 0.5
        return mean + deviation * round(_NORMAL.inv_cdf(quantile / 2**53), 6)

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """Return `items` in random order."""
        return sorted(items, key=lambda _: self._next())


def _endless(key: int) -> Iterator[int]:
    first = 0
    while True:
        yield from words(key, _BLOCK, first).tolist()
        first += _BLOCK
