"""Randomness by key for many entities at once: the columns' counterpart of `keyed.Stream`.

Every entity (a trace, a span, a series, a record) has a 64-bit key; draw number `purpose` of it is
`mix64(key + purpose * golden ratio)`. A value therefore depends on its entity alone: neither the
order of the work nor the size of the set, nor the number of processes, can change it.

All results are whole numbers or rounded ones, since transcendental functions differ in the last
bit between processors.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Self

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, derive_key, mix64

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Bools = NDArray[np.bool_]

_GAMMA = 0x9E3779B97F4A7C15  # 2^64 / golden ratio, odd: SplitMix64's increment
_CHILD = 0xD1342543DE82EF95  # another odd number, so that children are no draws of their parent
_MILLION = 1_000_000
_MASK = (1 << 64) - 1
_HALF = np.uint64(32)


def entity_keys(seed: int, name: str, numbers: I64) -> U64:
    """Return the key of each entity `number` of the kind `name`; shape as `numbers`."""
    kind = np.uint64(derive_key(seed, name))
    return mix64(kind + numbers.astype(np.uint64) * np.uint64(_GAMMA))


def child_keys(parents: U64, ordinals: I64 | int) -> U64:
    """Return the key of child number `ordinal` of each parent."""
    numbers = np.atleast_1d(np.asarray(ordinals, np.uint64)) + np.uint64(1)
    return mix64(parents + numbers * np.uint64(_CHILD))


def draw(keys: U64, purpose: int) -> U64:
    """Return 64 random bits of each entity; another purpose gives unrelated bits."""
    return mix64(keys + np.uint64((purpose + 1) * _GAMMA & _MASK))


def below(draws: U64, limits: int | I64) -> I64:
    """Map each draw evenly to 0 .. limit - 1; one limit, or one each, from 1 to 2^32 - 1."""
    scaled = (draws >> _HALF) * np.asarray(limits, np.uint64)
    chosen: I64 = (scaled >> _HALF).astype(np.int64)
    return chosen


def below_wide(draws: U64, limits: I64) -> I64:
    """Map each draw to 0 .. limit - 1, for limits up to 2^62: nanoseconds, for instance."""
    wide = np.asarray(limits, np.uint64)
    low, high = wide & np.uint64(0xFFFF_FFFF), wide >> _HALF
    top = draws >> _HALF
    # (top * wide) >> 32, in two halves because the product has up to 94 bits.
    chosen: I64 = (top * high + ((top * low) >> _HALF)).astype(np.int64)
    return chosen


def chance(draws: U64, per_million: int | I64) -> Bools:
    """Return whether each event happens, given its probability in millionths."""
    happens: Bools = below(draws, _MILLION) < per_million
    return happens


@dataclass(frozen=True, slots=True)
class Weights:
    """A choice among items by whole-number weights; `cumulative` has shape (items,)."""

    cumulative: I64

    @classmethod
    def of(cls, weights: Sequence[int]) -> Self:
        """Take the weights, at least one of which is positive; their sum is below 2^32."""
        return cls(np.cumsum(np.array(weights, np.int64)))

    def pick(self, draws: U64) -> I64:
        """Return the index of the item chosen by each draw."""
        at = below(draws, int(self.cumulative[-1]))
        chosen: I64 = np.searchsorted(self.cumulative, at, side="right").astype(np.int64)
        return chosen


_QUANTILES = 4096


def _normal_table() -> I64:
    normal = NormalDist()
    steps = ((step + 0.5) / _QUANTILES for step in range(_QUANTILES))
    return np.array([round(normal.inv_cdf(step) * _MILLION) for step in steps], np.int64)


_NORMAL = _normal_table()
_FRACTION_BITS = 20


def normal_millionths(draws: U64) -> I64:
    """Return standard normal variates in millionths, between -3.7 and 3.7.

    Quantiles come from a table of 4096, with straight lines between them.
    """
    place = (draws >> np.uint64(64 - 12 - _FRACTION_BITS)).astype(np.int64)
    at = np.minimum(place >> _FRACTION_BITS, _QUANTILES - 2)
    rest = place & ((1 << _FRACTION_BITS) - 1)
    between = (_NORMAL[at + 1] - _NORMAL[at]) * rest >> _FRACTION_BITS
    variates: I64 = _NORMAL[at] + between
    return variates


_EXP_STEP = 1000
_EXP_LIMIT = 12_000


def _exp_table() -> I64:
    powers = range(-_EXP_LIMIT, _EXP_LIMIT + 1)
    return np.array([round(math.exp(power / _EXP_STEP) * _MILLION) for power in powers], np.int64)


_EXP = _exp_table()


def lognormal_millionths(draws: U64, sigma_millis: int | I64) -> I64:
    """Return log-normal variates of median 1 in millionths; sigma in thousandths, up to 3000.

    A whole-number table of `exp` keeps the values the same on every processor.
    """
    power = normal_millionths(draws) * sigma_millis // _MILLION
    variates: I64 = _EXP[np.clip(power, -_EXP_LIMIT, _EXP_LIMIT) + _EXP_LIMIT]
    return variates
