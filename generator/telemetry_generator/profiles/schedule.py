"""Who is profiled when: the instances in turn, over the time of the trace that they name."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, below_wide, draw, entity_keys
from telemetry_generator.profiles.links import NONE, LinkedSpans
from telemetry_generator.profiles.purposes import Purpose


@dataclass(frozen=True)
class Schedule:
    """Turns: in each, one instance makes a profile of each type, all of the same time."""

    links: LinkedSpans
    instances: int
    requests: int
    """Number of requests in the set."""
    turns: int
    """Number of turns in the set."""
    duration: int
    """Nanoseconds that a profile lasts, if it can."""
    horizon: int
    seed: int

    def groups(self, turns: I64) -> I64:
        """Return the group of spans that the instance of each turn names, NONE without any.

        It is the last one up to that part of the traces which is sent when the turn is.
        """
        count = len(self._first) - 1
        if not count:
            return np.full(len(turns), NONE)
        instance = turns % self.instances
        reached = turns * self.requests // self.turns
        owners = self.links.instance[self._first[:-1]]
        places = owners * self.requests + self.links.request[self._first[:-1]]
        last = np.searchsorted(places, instance * self.requests + reached, side="right") - 1
        first = np.searchsorted(owners, instance)
        group = np.minimum(np.maximum(last, first), count - 1)
        return np.where(owners[group] == instance, group, NONE)

    def intervals(self, turns: I64, groups: I64) -> tuple[I64, I64]:
        """Return start and duration of the profiles of each turn: within 1 .. horizon.

        A profile contains the whole trace that it names and lasts twice as long, if the horizon
        permits: when sent, traces end earlier than the profile by up to the time between requests.
        """
        longest = self.horizon - 1
        usual = min(self.duration, longest)
        time = 1 + turns // self.instances * usual % (self.horizon - usual)
        duration = np.full(len(turns), usual)
        rows = np.flatnonzero(groups != NONE)
        named = self._first[groups[rows]]
        begin, end = self.links.trace_start[named], self.links.trace_end[named]
        duration[rows] = np.minimum(longest, np.maximum(usual, 2 * (end - begin)))
        earliest = np.maximum(1, end - duration[rows])
        latest = np.minimum(begin, self.horizon - duration[rows])
        time[rows] = earliest + below_wide(self._starts(turns[rows]), latest - earliest + 1)
        return time, duration

    def _starts(self, turns: I64) -> U64:
        return draw(entity_keys(self.seed, "profile-turn", turns), Purpose.START)

    @cached_property
    def _first(self) -> I64:
        return self.links.groups()
