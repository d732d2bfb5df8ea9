"""The stamper: turns a block of template bytes into a request with fresh ids, times and values.

No protobuf object exists here. A send copies the block's bytes and scatters new values to the
places that the plan knows; see `docs/adr/0001-stamp-bytes-not-objects.md`.
"""

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_common.planning.cut import Block
from telemetry_common.planning.plan import Indices
from telemetry_common.planning.words import view_words
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.stamping.identity import Identity
from telemetry_sender.stamping.places import BlockPlaces, Places
from telemetry_sender.stamping.timeline import Timeline
from telemetry_sender.stamping.trace_times import Timing, TraceTimes, jitters

_WORD = (1 << 64) - 1
# The places in a block take about 2 kB and are the same in every pass.
_BLOCKS_KEPT = 8192


class Stamper:
    """Stamps blocks of one template; owns one buffer, so one stamp at a time."""

    def __init__(
        self,
        template: Template,
        identity: Identity,
        timing: Timing,
        trace_times: TraceTimes,
        start: int,
        last_instant: dict[int, int] | None = None,
        timeline: Timeline | None = None,
    ) -> None:
        """Prepare a run that starts at `start` (Unix nanoseconds).

        `trace_times` is shared by the stampers of all signals of a process. `last_instant` says
        when the points of each block were last sent, where a stamper before this one did that. With
        a `timeline`, all times are as recorded.
        """
        self._plan = template.plan
        self._source = memoryview(template.data)
        self._identity = identity
        self._timing = timing
        self._trace_times = trace_times
        self._start = start - timing.backdate
        self._last_instant = {} if last_instant is None else last_instant
        self._timeline = timeline
        self._stamped: dict[int, tuple[int, int, int]] = {}
        self._places: dict[tuple[int, int], BlockPlaces] = {}
        self._reserve(0)

    def stamp(self, block: Block, pass_number: int, now: int) -> bytes:
        """Return the block as it is sent in this pass (from 0) at `now` (Unix nanoseconds)."""
        places = self._places_in(block)
        self._copy(block)
        self._stamp_ids(places, pass_number)
        if places.profile_id:
            self._stamp_profile_ids(places.profile_id, block.first, pass_number)
        if self._timeline is None:
            self._grow(places, pass_number)
            self._stamp_times(places, block.index, pass_number, now)
        else:
            self._timeline.stamp(self._words, places, pass_number)
        return bytes(self._view[: block.size])

    def _stamp_times(
        self, places: BlockPlaces, block_index: int, pass_number: int, now: int
    ) -> None:
        """Place all times around the send time."""
        instant = now - self._timing.backdate
        if self._plan.signal is Signal.METRICS:
            instant = self._stamp_points(places, block_index, pass_number, instant)
        if places.time:
            shifts = self._shifts(places, pass_number, now, instant)
            shifts += places.time.take(self._plan.time_value)
            self._words.integer[places.time.at(self._plan.time.offset)] = shifts

    def _places_in(self, block: Block) -> BlockPlaces:
        """Find the places in a block, and keep them for its next pass.

        The first ones are kept, because blocks come round in a circle: when there are too many,
        the least recently used one is always the next.
        """
        events = (block.first, block.last)
        places = self._places.get(events)
        if places is None:
            places = BlockPlaces.find(self._plan, block)
            if len(self._places) < _BLOCKS_KEPT:
                self._places[events] = places
        return places

    def _reserve(self, size: int) -> None:
        self._buffer = bytearray(size)
        self._view = memoryview(self._buffer)
        self._words = view_words(self._buffer, size)

    def _copy(self, block: Block) -> None:
        if block.size > len(self._buffer):
            self._reserve(block.size)
        for part in block.parts:
            size = part.end - part.start
            self._view[part.at : part.at + size] = self._source[part.start : part.end]
        for at, literal in block.literals:
            self._view[at : at + len(literal)] = literal

    def _stamp_ids(self, places: BlockPlaces, pass_number: int) -> None:
        words, plan = self._words, self._plan
        if places.trace_id:
            trace = places.trace_id.take(plan.trace_id.index)
            ids = self._trace_ids(places.named_traces, trace, pass_number)
            words.pair[places.trace_id.at(plan.trace_id.offset)] = ids
        if places.span_id:
            span = places.span_id.take(plan.span_id.index)
            at = places.span_id.at(plan.span_id.offset)
            words.integer[at] = self._identity.span_ids(pass_number, span)
        if places.foreign:
            at = places.foreign.at(plan.foreign)
            words.integer[at] = self._identity.foreign(pass_number, words.integer[at])

    def _trace_ids(
        self, traces: range | None, trace: Indices, pass_number: int
    ) -> NDArray[np.complex128]:
        """Return the ids of `trace`, made once each where they are a short range."""
        if traces is None:
            return self._identity.trace_ids(pass_number, trace)
        made = self._identity.trace_ids(
            pass_number, np.arange(traces.start, traces.stop, dtype=np.int32)
        )
        return made.take(trace - traces.start)

    def _stamp_profile_ids(self, places: Places, first: int, pass_number: int) -> None:
        """Stamp the ids of profiles in a block that begins with the sample `first`.

        A profile that was cut before it gets here the number of its part.
        """
        plan = self._plan
        profile = places.take(plan.profile_id.index)
        number = profile + np.maximum(plan.levels[-1].first_event.take(profile), first)
        ids = self._identity.profile_ids(pass_number, number)
        self._words.pair[places.at(plan.profile_id.offset)] = ids

    def _stamp_points(
        self, places: BlockPlaces, block_index: int, pass_number: int, instant: int
    ) -> int:
        """Stamp the times of data points; return the instant that they share."""
        plan, words = self._plan, self._words
        previous = self._previous_instant(block_index, pass_number, instant)
        instant = max(instant, previous + 1)
        self._last_instant[block_index] = instant
        if places.point_time:
            words.integer[places.point_time.at(plan.point_time)] = instant
        if places.point_start:
            start = np.array([self._start, previous], np.uint64)
            at = places.point_start.at(plan.point_start.offset)
            words.integer[at] = start.take(places.point_start.take(plan.point_start.index))
        return instant

    def _grow(self, places: BlockPlaces, pass_number: int) -> None:
        """Let cumulative values grow with every pass."""
        plan, words = self._plan, self._words
        if places.count:
            words.integer[places.count.at(plan.count)] *= np.uint64(pass_number + 1)
        if places.amount:
            with np.errstate(over="ignore", invalid="ignore"):
                words.real[places.amount.at(plan.amount)] *= pass_number + 1

    def _previous_instant(self, block_index: int, pass_number: int, instant: int) -> int:
        """Return when the points of a block were sent before, in Unix nanoseconds.

        What is stamped again for the same pass and instant is a half of the block: it goes on from
        where the whole block did.
        """
        stamped = self._stamped.get(block_index)
        if stamped is not None and stamped[:2] == (pass_number, instant):
            return stamped[2]
        previous = self._last_instant.get(block_index, self._start)
        self._stamped[block_index] = (pass_number, instant, previous)
        return previous

    def _shifts(self, places: BlockPlaces, pass_number: int, now: int, instant: int) -> U64:
        """Return what to add to each time of the block."""
        plan = self._plan
        clock = places.time.take(plan.time.index)
        if len(plan.anchor):
            return self._mixed_shifts(clock, pass_number, now, instant)
        if places.timed_traces is None:
            return self._trace_times.of(clock, pass_number, now)
        shifts = self._trace_times.of_range(places.timed_traces, pass_number, now)
        return shifts.take(clock - places.timed_traces.start)

    def _mixed_shifts(self, clock: Indices, pass_number: int, now: int, instant: int) -> U64:
        """Return the shifts where some times move with a trace and others with their own event."""
        shifts = np.empty(len(clock), np.uint64)
        alone = clock >= self._plan.traces
        own = clock[alone] - self._plan.traces
        shifts[alone] = self._own_shifts(own, pass_number, instant)
        linked = clock[~alone]
        if len(linked):
            shifts[~alone] = self._trace_times.of(linked, pass_number, now)
        return shifts

    def _own_shifts(self, local: Indices, pass_number: int, instant: int) -> U64:
        """Return the shifts of what belongs to no trace: it ends at `instant`, less its jitter.

        Profiles have none, so that a profile covers the traces that are sent with it.
        """
        anchor = self._plan.anchor
        placed = np.uint64(instant) - anchor[local]
        if self._plan.signal in (Signal.METRICS, Signal.PROFILES):
            return placed
        counters = local.astype(np.uint64)
        counters += np.uint64(pass_number * len(anchor) & _WORD)
        return placed - jitters(self._identity.keys.jitter, counters, self._timing.jitter)
