"""The hidden state of whatever reports metrics, so that its metrics rise and fall together.

Each driver is a level from 0 to a million. An entity has one by nature, and a little of it changes
from scrape to scrape. Load comes first: traffic, latency, errors and memory follow it more or less.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below, child_keys, draw
from telemetry_generator.metrics import purposes
from telemetry_generator.metrics.definition import Driver
from telemetry_generator.metrics.scrapes import Scrapes
from telemetry_generator.metrics.series_table import SeriesTable

FULL = 1_000_000
"""The highest level."""

DRIVERS = tuple(Driver)

# Limits come in sizes that double: 8, 16 or 32 of something that goes from 8 to 32.
_LIMITS = np.array([0, FULL // 3, FULL], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """The entities behind n series, at p scrapes each."""

    entities: U64
    """The key of each series' entity, shape (n,)."""
    groups: U64
    """The key of each series' group, which moves as one; shape (n,)."""
    ordinal: I64
    """Number of each scrape, shape (n, p)."""

    def take(self, rows: I64) -> "Moments":
        """Return the moments of some of the series."""
        return Moments(self.entities[rows], self.groups[rows], self.ordinal[rows])

    def nature(self, purpose: int) -> I64:
        """Return what an entity is like at all times: shape (n, 1), each level equally likely."""
        return below(draw(self.entities, purpose), FULL + 1)[:, None]

    def mood(self, purpose: int) -> I64:
        """Return what an entity is like at a scrape: shape (n, p), each level equally likely."""
        keys = child_keys(self.entities[:, None], self.ordinal)
        return below(draw(keys, purpose), FULL + 1)

    def own(self) -> I64:
        """Return what tells one group of an entity from the next, shape (n, 1)."""
        return below(draw(self.groups, purposes.OWN), FULL + 1)[:, None]

    def series_keys(self) -> U64:
        """Return the keys of the groups at each scrape, shape (n, p)."""
        return child_keys(self.groups[:, None], self.ordinal)


def moments_of(series: SeriesTable, scrapes: Scrapes, entities: U64) -> Moments:
    """Return the moments of some series; `entities` has the entity's key for all emitters."""
    return Moments(entities[series.emitters], series.groups, scrapes.ordinal)


def levels(moments: Moments, drivers: I64) -> I64:
    """Return the level of each series' driver, an index into DRIVERS, at each scrape: (n, p).

    Groups of one entity differ a little, except in limits and uptime.
    """
    found = np.zeros(moments.ordinal.shape, np.int64)
    for number, driver in enumerate(DRIVERS):
        rows = np.flatnonzero(drivers == number)
        if len(rows):
            found[rows] = _LEVELS[driver](moments.take(rows))
    return found


def level(moments: Moments, driver: Driver) -> I64:
    """Return the level of one driver for all series, shape (n, p)."""
    return _LEVELS[driver](moments)


def _load(at: Moments) -> I64:
    return (85 * at.nature(purposes.LOAD) + 15 * at.mood(purposes.LOAD)) // 100


def _memory(at: Moments) -> I64:
    own = 60 * at.nature(purposes.MEMORY) + 10 * at.mood(purposes.MEMORY)
    return (own + 30 * _load(at)) // 100


def _disk(at: Moments) -> I64:
    return (95 * at.nature(purposes.DISK) + 5 * at.mood(purposes.DISK)) // 100


def _traffic(at: Moments) -> I64:
    own = 20 * at.nature(purposes.TRAFFIC) + 10 * at.mood(purposes.TRAFFIC)
    return (own + 70 * _load(at)) // 100


def _latency(at: Moments) -> I64:
    load = _load(at)
    crowded = load * load // FULL  # requests wait much longer when little is idle
    own = 15 * at.nature(purposes.LATENCY) + 5 * at.mood(purposes.LATENCY)
    return (own + 40 * load + 40 * crowded) // 100


def _errors(at: Moments) -> I64:
    own = at.nature(purposes.ERRORS)
    rare = own * own // FULL
    return (35 * rare + 15 * at.mood(purposes.ERRORS) + 50 * _latency(at)) // 100


def _limit(at: Moments) -> I64:
    size = below(draw(at.entities, purposes.LIMIT), len(_LIMITS))
    return np.broadcast_to(_LIMITS[size][:, None], at.ordinal.shape)


def _uptime(at: Moments) -> I64:
    return np.broadcast_to(at.nature(purposes.UPTIME), at.ordinal.shape)


def _noise(at: Moments) -> I64:
    now = below(draw(at.series_keys(), purposes.MOMENT), FULL + 1)
    return (70 * at.own() + 30 * now) // 100


def _varied(driver: Callable[[Moments], I64]) -> Callable[[Moments], I64]:
    """Return a driver in which the groups of an entity differ a little."""
    return lambda at: (85 * driver(at) + 15 * at.own()) // 100


_LEVELS: dict[Driver, Callable[[Moments], I64]] = {
    Driver.CONSTANT: _limit,
    Driver.LOAD: _varied(_load),
    Driver.MEMORY: _varied(_memory),
    Driver.DISK: _varied(_disk),
    Driver.TRAFFIC: _varied(_traffic),
    Driver.LATENCY: _varied(_latency),
    Driver.ERRORS: _varied(_errors),
    Driver.UPTIME: _uptime,
    Driver.NOISE: _noise,
}
