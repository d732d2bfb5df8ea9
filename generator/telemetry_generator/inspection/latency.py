"""Percentiles of durations, of one group or of many at once."""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.inspection.model import Bin, Latency
from telemetry_generator.inspection.span_columns import Flags, Rows

NOTHING = Latency(0, 0, 0, 0)
_BINS_PER_DECADE = 4


@dataclass(frozen=True, slots=True)
class Group:
    """What is known of one group of spans."""

    key: int
    count: int
    failed: int
    latency: Latency


def latency_of(durations: U64) -> Latency:
    """Return the percentiles of some durations (nearest rank, so each is one of them)."""
    return _of_sorted(np.sort(durations))


def _of_sorted(ordered: U64) -> Latency:
    count = len(ordered)
    if not count:
        return NOTHING
    ranks = (-(-count * percent // 100) - 1 for percent in (50, 90, 99, 100))
    return Latency(*(int(ordered[rank]) for rank in ranks))


def by_group(key: Rows, duration: U64, failed: Flags) -> list[Group]:
    """Return what is known of the spans with each key; all arguments have shape (n,)."""
    order = np.lexsort((duration, key))
    keys, first = np.unique(key[order], return_index=True)
    bounds = [*first.tolist(), len(key)]
    ordered, failures = duration[order], failed[order]
    return [
        Group(
            key=int(name),
            count=end - start,
            failed=int(np.count_nonzero(failures[start:end])),
            latency=_of_sorted(ordered[start:end]),
        )
        for name, start, end in zip(keys, bounds, bounds[1:], strict=False)
    ]


def histogram(durations: U64, scale: float = 1.0) -> tuple[Bin, ...]:
    """Return a histogram with four bars a decade; counts are multiplied by `scale`."""
    if not len(durations):
        return ()
    exponent = np.floor(np.log10(np.maximum(durations, 1)) * _BINS_PER_DECADE).astype(np.int64)
    first = int(exponent.min())
    counts = np.bincount(exponent - first)
    edges = [round(10 ** ((first + at) / _BINS_PER_DECADE)) for at in range(len(counts) + 1)]
    scaled = (round(int(count) * scale) for count in counts)
    return tuple(map(Bin, edges, edges[1:], scaled))
