"""Histograms with explicit bounds."""

from dataclasses import dataclass

import numpy as np

from telemetry_generator.draws import F64, I64
from telemetry_generator.metrics.accumulation import accumulated
from telemetry_generator.metrics.measurements import Distribution, Measurements, distribution
from telemetry_generator.metrics.scrapes import Scrapes
from telemetry_generator.metrics.series_table import SeriesTable
from telemetry_generator.metrics.span_exemplars import Exemplars


@dataclass(frozen=True, slots=True, eq=False)
class ExplicitPoints:
    """Points of n histograms with the same bounds, p each, series after series."""

    series: SeriesTable
    scrapes: Scrapes
    bounds: tuple[float, ...]
    shape: Distribution
    buckets: I64
    """Shape (n * p, bounds + 1); a bucket includes its upper bound."""
    exemplars: Exemplars


def explicit_points(
    series: SeriesTable, scrapes: Scrapes, measured: Measurements, exemplars: Exemplars
) -> ExplicitPoints:
    """Return the points of histograms that all have the bounds of the first."""
    bounds = series.parts[0].definition.bounds
    is_delta = series.is_delta()
    buckets = accumulated(_buckets(np.array(bounds, np.float64), measured), is_delta)
    shape = distribution(measured, is_delta)
    flat = buckets.reshape(-1, len(bounds) + 1)
    return ExplicitPoints(series, scrapes, bounds, shape, flat, exemplars)


def _buckets(bounds: F64, measured: Measurements) -> I64:
    """Return how many measurements of each interval fall into each bucket: (n, p, buckets)."""
    n, p, _ = measured.counts.shape
    width = len(bounds) + 1
    at = np.searchsorted(bounds, measured.values)
    return dense_counts(at, np.searchsorted(bounds, measured.extra), measured, (n, p, width))


def dense_counts(
    places: I64, extra: I64, measured: Measurements, shape: tuple[int, int, int]
) -> I64:
    """Count measurements by bucket: values fall into `places` (n, values), extras into `extra`."""
    n, p, width = shape
    rows = np.arange(n * p).reshape(n, p, 1) * width
    cells = (rows + places[:, None, :]).reshape(-1)
    # Counts are below 2^53, so sums of them are exact in any order.
    counted = np.bincount(cells, measured.counts.reshape(-1), n * p * width)
    counts = counted.astype(np.int64).reshape(shape)
    series, scrape = np.nonzero(measured.extra > 0)
    counts[series, scrape, extra[series, scrape]] += 1
    return counts
