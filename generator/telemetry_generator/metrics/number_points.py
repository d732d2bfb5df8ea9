"""The values of gauges and sums."""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import F64, Bools
from telemetry_generator.metrics.definition import (
    Driver,
    Instrument,
    MetricDefinition,
    SplitKind,
)
from telemetry_generator.metrics.entities import DRIVERS, FULL, Moments, levels
from telemetry_generator.metrics.scrapes import Scrapes
from telemetry_generator.metrics.series_table import SeriesTable
from telemetry_generator.metrics.span_exemplars import Exemplars
from telemetry_generator.metrics.splits import Slices, slices

_DECIMALS = 6
_SMALLEST = 1e-6
_LARGEST = 2.0**62  # whole numbers end here, since they have 64 bits


@dataclass(frozen=True, slots=True, eq=False)
class NumberPoints:
    """Points of n gauges and sums, p each, series after series: columns of shape (n * p,)."""

    series: SeriesTable
    scrapes: Scrapes
    is_int: Bools
    values: F64
    """Whole numbers where `is_int`, all of which a double holds exactly."""
    exemplars: Exemplars

    def words(self) -> U64:
        """Return each value as it stands on the wire, an sfixed64 or a double."""
        whole = np.where(self.is_int, self.values, 0).astype(np.int64).view(np.uint64)
        return np.where(self.is_int, whole, self.values.view(np.uint64))


def number_points(
    series: SeriesTable, scrapes: Scrapes, moments: Moments, exemplars: Exemplars
) -> NumberPoints:
    """Return the points of some gauges and sums."""
    is_int = series.flags(lambda metric: metric.is_int)
    is_counter = series.flags(lambda metric: metric.instrument is Instrument.COUNTER)
    used, whole = _sizes(series, scrapes, moments, is_counter)
    cut = slices(series)
    values = np.empty(scrapes.time.shape)
    values[~is_counter] = _amounts(used, whole, cut, is_int)[~is_counter]
    counted = _counts(used, whole, cut, scrapes, is_int)
    values[is_counter] = _reported(counted, series.is_delta(), is_int)[is_counter]
    rows = np.repeat(is_int, scrapes.time.shape[1])
    return NumberPoints(series, scrapes, rows, values.reshape(-1), exemplars)


def _sizes(
    series: SeriesTable, scrapes: Scrapes, moments: Moments, is_counter: Bools
) -> tuple[F64, F64]:
    """Return how much is in use at each scrape, and the whole; shapes (n, p) and (n, 1)."""
    low = series.floats(lambda metric: metric.values.low)[:, None]
    high = series.floats(lambda metric: metric.values.high)[:, None]
    drivers = series.integers(lambda metric: DRIVERS.index(metric.values.driver))
    used = low + (high - low) * (levels(moments, drivers) / FULL)
    used = np.where(series.flags(_is_state)[:, None], 1, used)
    ages = ~is_counter & series.flags(_is_age)
    return used + np.where(ages[:, None], scrapes.elapsed(), 0), high


def _is_age(metric: MetricDefinition) -> bool:
    return metric.values.driver is Driver.UPTIME


def _is_state(metric: MetricDefinition) -> bool:
    split = metric.values.split
    return split is not None and split.kind is SplitKind.STATE


def _amounts(used: F64, whole: F64, cut: Slices, is_int: Bools) -> F64:
    """Return the slices as they are.

    Their ends are what is rounded, so they add up to the whole.
    """
    is_rest = cut.is_rest[:, None]
    lower = np.where(is_rest, used, used * cut.lower[:, None])
    upper = np.where(is_rest, whole, used * cut.upper[:, None])
    return np.round(_rounded(upper, is_int) - _rounded(lower, is_int), _DECIMALS)


def _counts(used: F64, whole: F64, cut: Slices, scrapes: Scrapes, is_int: Bools) -> F64:
    """Return what counters have counted since their start, given what they count a second."""
    share = used * (cut.upper - cut.lower)[:, None]
    rate = np.where(cut.is_rest[:, None], whole - used, share)
    return _rounded(np.cumsum(rate * scrapes.seconds(), axis=1), is_int)


def _reported(counted: F64, is_delta: Bools, is_int: Bools) -> F64:
    """Return the points of counters; what is multiplied with every pass must not be zero."""
    steps = np.round(np.diff(counted, axis=1, prepend=0), _DECIMALS)
    least = np.where(is_int, 1.0, _SMALLEST)[:, None]
    return np.where(is_delta[:, None], steps, np.maximum(counted, least))


def _rounded(values: F64, is_int: Bools) -> F64:
    return np.where(
        is_int[:, None], np.floor(np.minimum(values, _LARGEST)), np.round(values, _DECIMALS)
    )
