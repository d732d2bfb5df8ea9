"""Stamps the times of a block as they were recorded, each pass a horizon after the one before.

Every new time follows from the template and the number of the pass alone, so it is the same
whenever, in whatever pieces and by whichever process a block is stamped.
"""

from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_common.planning.plan import Plan
from telemetry_common.planning.words import Words
from telemetry_common.template import Template
from telemetry_sender.stamping.places import BlockPlaces, Places
from telemetry_sender.stamping.recording import Recording

_WORD = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Timeline:
    """The times of one template, sent from `start` (Unix nanoseconds) on."""

    plan: Plan
    recording: Recording
    start: int
    before: U64
    """For each start of a data point the time of the point before it, where that is one of the
    pass before; else 0."""

    @classmethod
    def of(cls, template: Template, recording: Recording, start: int) -> "Timeline":
        """Return the timeline of a template."""
        before = _last_of_metric(template, recording.epoch)
        return cls(template.plan, recording, start, before)

    def stamp(self, words: Words, places: BlockPlaces, pass_number: int) -> None:
        """Stamp all times of the block in `words`, whose bytes are those of the template."""
        plan = self.plan
        shift = self._shift(pass_number)
        if places.time:
            at = places.time.at(plan.time.offset)
            words.integer[at] = places.time.take(plan.time_value) + shift
        if places.point_time:
            words.integer[places.point_time.at(plan.point_time)] += shift
        if places.point_start:
            self._stamp_starts(words, places.point_start, pass_number)

    def _stamp_starts(self, words: Words, places: Places, pass_number: int) -> None:
        """Start cumulative points with the timeline, and delta points where the last one ended."""
        at = places.at(self.plan.point_start.offset)
        begun = words.integer[at] + self._shift(pass_number)
        if pass_number:
            before = places.take(self.before)
            ended = before + self._shift(pass_number - 1)
            begun = np.where(before > 0, ended, begun)
        is_delta = places.take(self.plan.point_start.index) > 0
        words.integer[at] = np.where(is_delta, begun, np.uint64(self.start))

    def _shift(self, pass_number: int) -> np.uint64:
        """Return what to add to a template time; it wraps modulo 2^64."""
        recording = self.recording
        moved = self.start + pass_number * recording.horizon - recording.epoch
        return np.uint64(moved & _WORD)


def _last_of_metric(template: Template, epoch: int) -> U64:
    """Return for each delta point that starts with the template the last time of its metric.

    The series of a metric of one resource report together, so that is its own last time, too.
    Zero for all other points, which start where another one of the template ended.
    """
    plan = template.plan
    starts = plan.point_start
    before = np.zeros(len(starts), np.uint64)
    if not (starts.index > 0).any():
        return before
    integer = template.words().integer
    first = np.flatnonzero((starts.index > 0) & (integer[starts.offset] <= np.uint64(epoch)))
    metrics = plan.levels[-1]
    last = _latest(plan, integer[plan.point_time])
    holder = metrics.start.searchsorted(starts.offset[first], "right") - 1
    before[first] = last[holder]
    return before


def _latest(plan: Plan, times: U64) -> U64:
    """Return the latest of the data points' `times` in each metric, 0 where there are none."""
    metrics = plan.levels[-1]
    latest = np.zeros(len(metrics.start), np.uint64)
    holder = metrics.start.searchsorted(plan.point_time, "right") - 1
    np.maximum.at(latest, holder, times)
    return latest
