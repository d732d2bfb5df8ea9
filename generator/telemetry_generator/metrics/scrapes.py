"""Scrapes: when each emitter reports, and which time its points cover.

Every emitter reports at an instant of its own, the same for all of its metrics; with several
points a series, at equal intervals from then on. Times are template times, 1 + nanoseconds.
"""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import F64, I64, below_wide, draw
from telemetry_generator.metrics import purposes
from telemetry_generator.metrics.series import FOREVER
from telemetry_generator.metrics.series_table import SeriesTable


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """How the horizon is divided into scrapes."""

    horizon_nanos: int
    points: int
    """Scrapes of each series."""
    generations: int
    """Parts of the horizon that churned series live in; 1 without churn."""


@dataclass(frozen=True, slots=True, eq=False)
class Scrapes:
    """The scrapes of n series, p each, in time order; columns of shape (n, p)."""

    time: I64
    previous: I64
    """When the interval that a scrape ends began: at the scrape before, or at `begin`."""
    begin: I64
    """When the series began, shape (n,): at the epoch, 1, unless it is churned."""
    ordinal: I64
    """Number of the scrape: of two series of an emitter, those of a number see the same state."""

    def seconds(self) -> F64:
        """Return how long each interval is."""
        return (self.time - self.previous) / 1e9

    def elapsed(self) -> F64:
        """Return the seconds since the epoch."""
        return (self.time - 1) / 1e9


def plan_scrapes(series: SeriesTable, emitters: U64, calendar: Calendar) -> Scrapes:
    """Return when each series is scraped; `emitters` are the keys of all emitters."""
    generation = np.where(series.generation == FOREVER, 0, series.generation)
    parts = np.where(series.generation == FOREVER, 1, calendar.generations)
    length = calendar.horizon_nanos // parts
    interval = np.maximum(length // calendar.points, 1)
    late = interval // 2  # so that spans have ended before the first scrape, for exemplars
    phase = late + below_wide(draw(emitters[series.emitters], purposes.PHASE), interval - late)
    begin = 1 + generation * length
    turns = np.arange(calendar.points)
    time = (begin + phase)[:, None] + turns * interval[:, None]
    time = np.minimum(time, calendar.horizon_nanos)
    previous = np.concatenate((begin[:, None], time[:, :-1]), axis=1)
    ordinal = generation[:, None] * calendar.points + turns
    return Scrapes(time, previous, begin, ordinal)
