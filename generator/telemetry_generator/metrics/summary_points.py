"""Summaries: count, sum and quantiles, as older client libraries report them."""

from dataclasses import dataclass

import numpy as np

from telemetry_generator.draws import F64, I64
from telemetry_generator.metrics.accumulation import accumulated
from telemetry_generator.metrics.measurements import Distribution, Measurements, distribution
from telemetry_generator.metrics.scrapes import Scrapes
from telemetry_generator.metrics.series_table import SeriesTable


@dataclass(frozen=True, slots=True, eq=False)
class SummaryPoints:
    """Points of n summaries with the same quantiles, p each, series after series."""

    series: SeriesTable
    scrapes: Scrapes
    quantiles: tuple[float, ...]
    shape: Distribution
    values: F64
    """The value at each quantile, shape (n * p, quantiles)."""


def summary_points(series: SeriesTable, scrapes: Scrapes, measured: Measurements) -> SummaryPoints:
    """Return the points of summaries that all have the quantiles of the first."""
    quantiles = series.parts[0].definition.quantiles
    is_delta = series.is_delta()
    counts = accumulated(measured.counts, is_delta)
    up_to = np.cumsum(counts, axis=2)
    values = np.empty((*scrapes.time.shape, len(quantiles)))
    for place, quantile in enumerate(quantiles):
        values[:, :, place] = _values_at(quantile, up_to, measured.values)
    flat = values.reshape(scrapes.time.size, len(quantiles))
    return SummaryPoints(series, scrapes, quantiles, distribution(measured, is_delta), flat)


def _values_at(quantile: float, up_to: I64, values: F64) -> F64:
    """Return the smallest value that is not exceeded by this share of the measurements: (n, p)."""
    rank = np.maximum(np.ceil(quantile * up_to[:, :, -1:]), 1)
    place = (up_to >= rank).argmax(axis=2)
    return np.take_along_axis(values, place, axis=1)
