"""Choices: weighted lists of numbers, one list for each of many owners, drawn from at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below

_NOTHING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The items of all owners one after another, with whole-number weights."""

    items: I64
    """Shape (items + 1,): a stop at the end keeps what owners without items draw in range."""
    counts: I64
    """How many items each owner has, shape (owners,)."""
    cumulative: I64
    """Weights, summed up over all owners; shape (items,)."""
    base: I64
    """The sum of the weights before each owner, shape (owners,)."""
    totals: I64
    """The sum of the weights of each owner, at least 1; shape (owners,)."""

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]], weights: Sequence[Sequence[int]]) -> Self:
        """Take each owner's items and their weights, whose sum is below 2^32 for each owner."""
        items = [item for owned in lists for item in owned]
        flat = np.array([weight for owned in weights for weight in owned], np.int64)
        sums = np.array([sum(owned) for owned in weights], np.int64)
        return cls(
            items=np.array([*items, _NOTHING], np.int64),
            counts=np.array([len(owned) for owned in lists], np.int64),
            cumulative=np.cumsum(flat),
            base=np.cumsum(sums) - sums,
            totals=np.maximum(sums, 1),
        )

    @classmethod
    def even(cls, lists: Sequence[Sequence[int]]) -> Self:
        """Take each owner's items, each as likely as the others."""
        return cls.of(lists, [[1] * len(owned) for owned in lists])

    def pick(self, owners: I64, draws: U64) -> I64:
        """Return one item of each owner by its draw; it means nothing where there is none."""
        at = self.base[owners] + below(draws, self.totals[owners])
        return self.items[np.searchsorted(self.cumulative, at, side="right")]
