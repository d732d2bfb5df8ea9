"""Numbering: which type every record is of, and its rank among the records of that type."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, Bools, entity_keys
from telemetry_generator.logs.apportion import BLOCK, apportion


class Records(NamedTuple):
    """Some records, nothing decided yet; columns of shape (n,)."""

    number: I64
    rank: I64
    """How many records of the same type come before it."""
    key: U64

    def select(self, rows: I64 | Bools) -> "Records":
        """Return the records of these rows."""
        return Records._make(column[rows] for column in self)


@dataclass(frozen=True, slots=True, eq=False)
class Numbering:
    """The types of `BLOCK` records, which repeat, and their ranks within a block."""

    seed: int
    per_mille: I64
    order: I64
    ranks: I64

    @classmethod
    def of(cls, seed: int, per_mille: Sequence[int]) -> Self:
        """Share records out among types; the shares sum to 1000."""
        order = apportion(per_mille)
        ranks = np.zeros(BLOCK, np.int64)
        for share in range(len(per_mille)):
            rows = np.flatnonzero(order == share)
            ranks[rows] = np.arange(len(rows))
        return cls(seed, np.array(per_mille, np.int64), order, ranks)

    def records(self, first: int, count: int) -> list[Records]:
        """Return records `first .. first + count - 1`, those of each type for themselves."""
        number = np.arange(first, first + count)
        block, place = np.divmod(number, BLOCK)
        types = self.order[place]
        rank = block * self.per_mille[types] + self.ranks[place]
        records = Records(number, rank, entity_keys(self.seed, "log", number))
        return [records.select(types == at) for at in range(len(self.per_mille))]
