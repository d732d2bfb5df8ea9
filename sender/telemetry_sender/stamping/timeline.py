"""Stamps the times of a block as they were recorded, each pass a horizon after the one before.

Every new time follows from the template and the number of the pass alone, so it is the same
whenever, in whatever pieces and by whichever process a block is stamped.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_common.planning.plan import Column, Plan
from telemetry_common.planning.words import Words
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.stamping.growth import Growth
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
    growth: Growth | None
    """Of a template of metrics."""

    @classmethod
    def of(cls, template: Template, recording: Recording, start: int) -> "Timeline":
        """Return the timeline of a template."""
        before = _last_of_metric(template)
        growth = Growth.of(template) if template.signal is Signal.METRICS else None
        return cls(template.plan, recording, start, before, growth)

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
        if self.growth is not None:
            self._grow(words, places, self.growth, pass_number)

    def _grow(self, words: Words, places: BlockPlaces, growth: Growth, pass_number: int) -> None:
        """Let cumulative values go on from the end of the pass before."""
        if places.count:
            at = places.count.at(self.plan.count)
            words.integer[at] += places.count.take(growth.count) * np.uint64(pass_number)
        if places.amount:
            at = places.amount.at(self.plan.amount)
            with np.errstate(over="ignore", invalid="ignore"):
                words.real[at] += places.amount.take(growth.amount) * pass_number

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


def _last_of_metric(template: Template) -> U64:
    """Return for each delta point that is the first of its series the last time of its metric.

    The series of a metric of one resource report together, so that is its own last time, too.
    Zero for all other points, which start where another one of the template ended.
    """
    plan, integer = template.plan, template.words().integer
    starts, before = plan.point_start, np.zeros(len(plan.point_start), np.uint64)
    is_delta = starts.index > 0
    if not is_delta.any():
        return before
    times, metric = integer[plan.point_time], _metrics_at(plan, plan.point_time)
    count = len(plan.levels[-1].start)
    earliest, latest = np.full(count, _WORD, np.uint64), np.zeros(count, np.uint64)
    np.minimum.at(earliest, metric, times)
    np.maximum.at(latest, metric, times)
    own = _metrics_at(plan, starts.offset)
    is_first = is_delta & (integer[starts.offset] < earliest[own])
    before[is_first] = latest[own[is_first]]
    return before


def _metrics_at(plan: Plan, offset: Column) -> NDArray[np.intp]:
    """Return which metric each of these places lies in."""
    return plan.levels[-1].start.searchsorted(offset, "right") - 1
