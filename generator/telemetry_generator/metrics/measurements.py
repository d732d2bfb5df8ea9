"""What distributions sum up: the measurements of each interval, as a few values and how often.

Measurements are log-normal. A series has one value for each of 24 places of that distribution; an
interval's measurements are dealt to them so that every count is a whole number. Buckets, sum,
minimum, maximum and quantiles all follow from these, so they always agree.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from telemetry_generator.draws import F64, I64, Bools, below, draw
from telemetry_generator.metrics import purposes
from telemetry_generator.metrics.accumulation import accumulated
from telemetry_generator.metrics.definition import Driver
from telemetry_generator.metrics.entities import DRIVERS, FULL, Moments, level, levels
from telemetry_generator.metrics.scrapes import Scrapes
from telemetry_generator.metrics.series_table import SeriesTable
from telemetry_generator.metrics.span_exemplars import Exemplars

_SIGMA = 0.6
_STEP = 0.25
_DEVIATIONS = tuple(-2.5 + _STEP * step for step in range(24))
_BITS = 20
_DECIMALS = 9
_SMALLEST = 1e-9


def _cumulative() -> list[int]:
    """Return the probability up to each value, in parts of 2^20; the first is 0."""
    normal = NormalDist()
    ends = (normal.cdf(deviation + _STEP / 2) for deviation in _DEVIATIONS[:-1])
    return [0, *(round(end * (1 << _BITS)) for end in ends), 1 << _BITS]


# Rounded, because transcendental functions differ in the last bit between processors.
_RATIOS = np.array([round(math.exp(_SIGMA * each), 6) for each in _DEVIATIONS])
_CUMULATIVE = np.array(_cumulative(), np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Measurements:
    """What n series measured in their p intervals."""

    values: F64
    """The values of each series, ascending and positive; shape (n, places)."""
    counts: I64
    """How often each value was measured in each interval; shape (n, p, places)."""
    extra: F64
    """One more measurement in some intervals, that of a span; 0 for none; shape (n, p)."""

    def totals(self) -> I64:
        """Return how many measurements each interval has, at least one; shape (n, p)."""
        totals: I64 = self.counts.sum(axis=2) + (self.extra > 0)
        return totals


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """What all points of distributions say of their measurements; shapes (n * p,)."""

    count: I64
    sum: F64
    min: F64
    max: F64


def measure(
    series: SeriesTable, scrapes: Scrapes, moments: Moments, exemplars: Exemplars
) -> Measurements:
    """Return the measurements of some distributions; exemplars that are counted are extra."""
    extra = np.zeros(scrapes.time.size)
    extra[exemplars.rows[exemplars.counted]] = exemplars.values[exemplars.counted]
    return Measurements(
        _values(series, moments),
        _counts(series, scrapes, moments),
        extra.reshape(scrapes.time.shape),
    )


def distribution(measured: Measurements, is_delta: Bools) -> Distribution:
    """Return what the points say, since the start or of each interval."""
    least, most = _extremes(measured)
    columns = (
        accumulated(_sums(measured), is_delta),
        accumulated(least, is_delta, np.minimum),
        accumulated(most, is_delta, np.maximum),
    )
    count = accumulated(measured.totals(), is_delta)
    return Distribution(count.reshape(-1), *(column.reshape(-1) for column in columns))


def _values(series: SeriesTable, moments: Moments) -> F64:
    low = series.floats(lambda metric: metric.values.low)
    high = series.floats(lambda metric: metric.values.high)
    drivers = series.integers(lambda metric: DRIVERS.index(metric.values.driver))
    # A series keeps its median, so that its buckets are the same at all scrapes.
    first = Moments(moments.entities, moments.groups, moments.ordinal[:, :1])
    medians = low + (high - low) * (levels(first, drivers)[:, 0] / FULL)
    values = medians[:, None] * _RATIOS
    is_int = series.flags(lambda metric: metric.is_int)[:, None]
    rounded = np.maximum(np.round(values, _DECIMALS), _SMALLEST)
    found: F64 = np.where(is_int, np.maximum(np.ceil(values), 1), rounded)
    return found


def _counts(series: SeriesTable, scrapes: Scrapes, moments: Moments) -> I64:
    rate = series.floats(lambda metric: metric.values.rate)[:, None]
    traffic = (level(moments, Driver.TRAFFIC) + FULL // 10) / FULL
    totals = 1 + np.floor(rate * traffic * scrapes.seconds()).astype(np.int64)
    keys = draw(moments.series_keys(), purposes.TOTAL)
    offsets = below(keys, 1 << _BITS)
    dealt = totals[:, :, None] * _CUMULATIVE + offsets[:, :, None] >> _BITS
    dealt[:, :, 0] = 0
    counts: I64 = np.diff(dealt, axis=2)
    return counts


def _sums(measured: Measurements) -> F64:
    total = measured.extra.copy()
    for place in range(measured.values.shape[1]):  # in order, for the same sum everywhere
        total += measured.counts[:, :, place] * measured.values[:, None, place]
    return total


def _extremes(measured: Measurements) -> tuple[F64, F64]:
    """Return the least and the greatest measurement of each interval."""
    present = measured.counts > 0
    values = measured.values[:, None, :]
    least = np.where(present, values, np.inf).min(axis=2)
    most = np.where(present, values, 0).max(axis=2)
    extra = np.where(measured.extra > 0, measured.extra, np.inf)
    return np.minimum(least, extra), np.maximum(most, measured.extra)
