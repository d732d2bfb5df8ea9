"""How many of a metric's series each emitter reports: evenly, as far as each has variety."""

import numpy as np

from telemetry_generator.draws import I64


def spread(count: int, capacities: I64, order: I64) -> I64:
    """Share `count` out among emitters, shape (emitters,); the shares sum to `count`.

    Every emitter gets the same, or all it has when that is less; what does not divide evenly goes
    to the first in `order` (a permutation of the emitters). When all capacities together do not
    suffice, they are used up as often as they can be, and what is left is shared out like that.
    A larger count takes from nobody, and one more emitter gives to nobody.
    """
    rounds, rest = divmod(count, int(capacities.sum()))
    level = _level(rest, capacities)
    shares: I64 = np.minimum(capacities, level)
    thirsty = order[capacities[order] > level]
    shares[thirsty[: rest - int(shares.sum())]] += 1
    return shares + rounds * capacities


def _level(count: int, capacities: I64) -> int:
    """Return the highest level to which all can be filled with `count` in all.

    With the k smallest full, the rest share what is left: the level is right for the first k at
    which it stays below the next one's capacity.
    """
    rising = np.sort(capacities)
    full = np.concatenate(([0], np.cumsum(rising)[:-1]))
    levels = (count - full) // np.arange(len(rising), 0, -1)
    right = np.flatnonzero(levels < rising)
    return int(levels[right[0]]) if len(right) else int(rising[-1])
