"""Exponential histograms: bucket i holds what is above base^i and at most base^(i + 1).

The base is 2^(2^-scale), as in the OpenTelemetry metrics data model.
"""

from dataclasses import dataclass, replace

import numpy as np

from telemetry_generator.draws import F64, I64, Bools, chance, draw
from telemetry_generator.metrics import purposes
from telemetry_generator.metrics.accumulation import accumulated
from telemetry_generator.metrics.explicit_points import dense_counts
from telemetry_generator.metrics.measurements import Distribution, Measurements, distribution
from telemetry_generator.metrics.scrapes import Scrapes
from telemetry_generator.metrics.series_table import SeriesTable
from telemetry_generator.metrics.span_exemplars import Exemplars

SCALE = 3
"""Eight buckets for every doubling."""

_FIRST, _LAST = -40, 60  # powers of two between which measurements lie
_REACH = 99  # an example may lie so many buckets beyond the rest; SDKs keep 160 at most
_WITH_ZEROS = 250_000  # millionths of the series: their clock is too coarse for the fastest


def _boundaries() -> F64:
    """Return base^i for every i; rounded roots and powers of two are the same everywhere."""
    steps = 1 << SCALE
    roots = [round(2 ** (step / steps), 12) for step in range(steps)]
    return np.array([root * 2.0**power for power in range(_FIRST, _LAST) for root in roots])


_BOUNDARIES = _boundaries()


@dataclass(frozen=True, slots=True, eq=False)
class ExponentialPoints:
    """Points of n exponential histograms, p each, series after series; shapes (n * p,)."""

    series: SeriesTable
    scrapes: Scrapes
    shape: Distribution
    zeros: I64
    """Measurements of zero, which have no bucket."""
    offset: I64
    """Index of the first bucket."""
    buckets: I64
    """The buckets of all points one after another, the first and last of each not empty."""
    owners: I64
    """The point of each bucket."""
    exemplars: Exemplars


def bucket_indices(values: F64) -> I64:
    """Return the index of the bucket that each positive value falls into."""
    return np.searchsorted(_BOUNDARIES, values) - 1 + (_FIRST << SCALE)


def within_reach(measured: Measurements) -> Bools:
    """Return where the extra measurement is near enough to the others; shape (n, p)."""
    own, extra = bucket_indices(measured.values), bucket_indices(measured.extra)
    return (extra <= own[:, :1] + _REACH) & (extra >= own[:, -1:] - _REACH)


def exponential_points(
    series: SeriesTable, scrapes: Scrapes, measured: Measurements, exemplars: Exemplars
) -> ExponentialPoints:
    """Return the points; exemplars beyond reach are left out, and are not counted either."""
    near = within_reach(measured)
    measured = replace(measured, extra=np.where(near, measured.extra, 0))
    exemplars = exemplars.where(near.reshape(-1)[exemplars.rows] | ~exemplars.counted)
    is_delta = series.is_delta()
    zeros = _zeros(series, measured, is_delta)
    shape = distribution(measured, is_delta)
    least = np.where(zeros > 0, 0.0, shape.min)
    shape = replace(shape, count=shape.count + zeros, min=least)
    first, dense = _dense(measured, is_delta)
    lowest, kept = _filled(dense)
    owners = np.nonzero(kept)[0]
    return ExponentialPoints(
        series, scrapes, shape, zeros, first + lowest, dense[kept], owners, exemplars
    )


def _filled(dense: I64) -> tuple[I64, Bools]:
    """Return the first column of each row that is not empty, and which are within the last."""
    filled = dense > 0
    lowest = filled.argmax(axis=1)
    highest = dense.shape[1] - 1 - filled[:, ::-1].argmax(axis=1)
    columns = np.arange(dense.shape[1])
    return lowest, (columns >= lowest[:, None]) & (columns <= highest[:, None])


def _dense(measured: Measurements, is_delta: Bools) -> tuple[I64, I64]:
    """Return the index of the first column of each point, and the counts: (n * p, columns)."""
    n, p, _ = measured.counts.shape
    own = bucket_indices(measured.values)
    extra = np.where(measured.extra > 0, bucket_indices(measured.extra), own[:, :1])
    first = np.minimum(own[:, 0], extra.min(axis=1))
    last = np.maximum(own[:, -1], extra.max(axis=1))
    width = int((last - first).max()) + 1
    places, extra = own - first[:, None], extra - first[:, None]
    counts = accumulated(dense_counts(places, extra, measured, (n, p, width)), is_delta)
    return np.repeat(first, p), counts.reshape(n * p, width)


def _zeros(series: SeriesTable, measured: Measurements, is_delta: Bools) -> I64:
    coarse = chance(draw(series.keys, purposes.ZEROS), _WITH_ZEROS)
    zeros = measured.totals() // 32 * coarse[:, None]
    return accumulated(zeros, is_delta).reshape(-1)
