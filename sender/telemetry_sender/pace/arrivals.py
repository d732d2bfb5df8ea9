"""How requests are spread over the schedule: evenly, or at random as independent users do."""

import itertools
from collections.abc import Iterator

import numpy as np

_DRAWN_AT_ONCE = 1024
# A gap of nothing would let a batch of any size into the room that is left.
_SMALLEST = 1e-9


def even_gaps() -> Iterator[float]:
    """Yield 1 for ever: each request takes its own events of the schedule."""
    return itertools.repeat(1.0)


def poisson_gaps(seed: int) -> Iterator[float]:
    """Yield exponential factors of mean 1 for ever, the same for the same seed.

    Requests of n events that take n times such a factor of the schedule arrive as a Poisson process
    of the same rate (exponential gaps between events of a Poisson process: D. Knuth, The Art of
    Computer Programming, volume 2, 3.4.1).
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    while True:
        yield from np.maximum(generator.exponential(size=_DRAWN_AT_ONCE), _SMALLEST).tolist()
