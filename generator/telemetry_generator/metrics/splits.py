"""Splits: how much of the whole each series of a group has.

A series knows its part from its group's key alone, so a group may be cut by the end of a chunk.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import F64, I64, Bools, below, chance, draw
from telemetry_generator.metrics import purposes
from telemetry_generator.metrics.definition import MetricDefinition, SplitKind
from telemetry_generator.metrics.series import MetricSeries
from telemetry_generator.metrics.series_table import SeriesTable

_USUAL = 850_000  # millionths of the groups that are in the first of several states
_LARGEST = 40  # weights halve from one value to the next, 40 times at most


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """Which slice of what is in use each of n series has, as fractions; shape (n,)."""

    lower: F64
    upper: F64
    is_rest: Bools
    """Whether the series has what is not in use instead."""


class _Place(NamedTuple):
    """Where the series of a metric stand among the values that share; shape (n,)."""

    position: I64
    """-1 for the value that has the rest."""
    values: int
    """How many values share."""


def slices(series: SeriesTable) -> Slices:
    """Return the slice of each series; without a split it is the whole."""
    found = Slices(np.zeros(len(series)), np.ones(len(series)), np.zeros(len(series), np.bool_))
    ends = np.cumsum([len(part) for part in series.parts]).tolist()
    for part, end in zip(series.parts, ends, strict=True):
        if part.definition.values.split is not None:
            rows = slice(end - len(part), end)
            cut = _sliced(part)
            found.lower[rows], found.upper[rows] = cut.lower, cut.upper
            found.is_rest[rows] = cut.is_rest
    return found


def _sliced(part: MetricSeries) -> Slices:
    split = part.definition.values.split
    place = _place(part)
    if split is not None and split.kind is SplitKind.STATE:
        is_it = place.position == _state(part.groups, place.values)
        return Slices(np.zeros(len(part)), is_it.astype(np.float64), place.position < 0)
    before, own, total = (np.zeros(len(part), np.int64) for _ in range(3))
    for value in range(place.values):
        weight = _weight(part.groups, value)
        before += weight * (value < place.position)
        own += weight * (value == place.position)
        total += weight
    return Slices(before / total, (before + own) / total, place.position < 0)


def _place(part: MetricSeries) -> _Place:
    """Return the series' positions; the split's attribute is in the first column."""
    column = part.columns[0]
    is_rest = [_is_rest(part.definition, option) for option in column.dimension.options]
    positions = np.where(is_rest, -1, np.cumsum(np.logical_not(is_rest)) - 1)
    return _Place(positions[column.index], max(1, is_rest.count(False)))


def _is_rest(definition: MetricDefinition, option: tuple[tuple[str, object], ...]) -> bool:
    split = definition.values.split
    return (
        split is not None
        and split.kind is SplitKind.REST
        and any(key == split.key and value == split.rest for key, value in option)
    )


def _weight(groups: U64, value: int) -> I64:
    """Return the weight of a value: about half of that of the one before, and always less."""
    base = 1 << max(_LARGEST - value, 0)
    return base * (700 + below(draw(groups, purposes.SHARE + value), 600))


def _state(groups: U64, count: int) -> I64:
    draws = draw(groups, purposes.STATE)
    other = 1 + below(draw(draws, purposes.STATE), max(count - 1, 1))
    return np.where(chance(draws, _USUAL) | (count == 1), 0, other)
