"""Lists of numbers to choose from, column by column."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """Lists to choose from, one after another in `items`."""

    items: I64
    first: I64
    count: I64

    @classmethod
    def of(cls, lists: Collection[Collection[int]]) -> Self:
        """Take lists of numbers; some may be empty, as long as nothing is chosen from them."""
        count = np.array([len(each) for each in lists], np.int64)
        items = np.array([item for each in lists for item in each], np.int64)
        return cls(items, np.cumsum(count) - count, count)

    def pick(self, lists: I64, draws: U64) -> I64:
        """Return an item of each row's list."""
        chosen: I64 = self.items[self.first[lists] + below(draws, self.count[lists])]
        return chosen
