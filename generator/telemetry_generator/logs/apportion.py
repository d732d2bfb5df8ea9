"""Exact shares: which records belong to which type, at every size of the set.

The order of the types repeats every thousand records, since shares are whole thousandths. It
follows Tijdeman, "The chairman assignment problem" (Discrete Mathematics 32, 1980): after any
number of records, each type is less than one record away from its share. So a share that is a
whole number of records is met exactly, and a larger set begins as a smaller one does.
"""

from collections.abc import Sequence

import numpy as np

from telemetry_generator.draws import I64, Bools

BLOCK = 1_000
"""Records after which every share has been met exactly."""


def apportion(per_mille: Sequence[int]) -> I64:
    """Return which share each of `BLOCK` records belongs to; the shares sum to 1000."""
    counts = [0] * len(per_mille)
    return np.array([_next(per_mille, counts, turn) for turn in range(1, BLOCK + 1)], np.int64)


def _next(per_mille: Sequence[int], counts: list[int], turn: int) -> int:
    """Give record `turn` to the share that must have one soonest.

    A share may take it when that does not put it too far ahead: by Tijdeman's bound, when it is
    at least 1 / (2k - 2) of a record behind; all is multiplied by 1000 * (2k - 2) to stay whole.
    """
    bound = max(2 * len(per_mille) - 2, 1)
    behind = [turn * share - BLOCK * count for share, count in zip(per_mille, counts, strict=True)]
    able = [at for at, lag in enumerate(behind) if per_mille[at] and lag * bound >= BLOCK]
    chosen = min(able, key=lambda at: (BLOCK * (bound - 1) - behind[at] * bound) / per_mille[at])
    counts[chosen] += 1
    return chosen


def spread_evenly(ranks: I64, per_mille: int) -> Bools:
    """Return which of the items numbered `ranks` belong to a share, spread evenly over them.

    Of the first n items, n * per_mille / 1000 belong to it, give or take less than one.
    """
    chosen: Bools = ranks * per_mille % BLOCK < per_mille
    return chosen
