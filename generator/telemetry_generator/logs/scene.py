"""The scene of a chunk: gives each of its records a place, inside a span or outside of all."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from telemetry_common.ids import U64
from telemetry_generator.draws import I64, Bools, below, below_wide, draw
from telemetry_generator.logs.apportion import BLOCK, spread_evenly
from telemetry_generator.logs.loose import Loose
from telemetry_generator.logs.numbering import Records
from telemetry_generator.logs.purposes import Purpose
from telemetry_generator.logs.severity import ERROR_INDEX
from telemetry_generator.logs.table import NONE, Places, joined_places
from telemetry_generator.logs.types import LogType
from telemetry_generator.logs.windows import Window


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Places for the records of a chunk; `window` is None in a set without spans."""

    loose: Loose
    window: Window | None
    tied_per_mille: int
    """How many of a thousand records of services belong to spans."""

    def requests(self, kind: LogType, records: Records) -> Places:
        """Return a request for each access log: those of the window in turn, at their ends."""

        def loose(keys: U64) -> Places:
            return self.loose.requests(kind.staff, keys)

        if self.window is None:
            return loose(records.key)
        served = kind.filter(self.window.served, self.window.spans)
        turns = records.rank * self.tied_per_mille // BLOCK
        spans = _each(served, turns, self._belongs(records))
        return _mixed(self.window, spans, self.window.spans.end[spans], loose, records)

    def work(self, kind: LogType, records: Records, severity: I64) -> Places:
        """Return what services do while they write each record; errors come from failed spans."""

        def loose(keys: U64) -> Places:
            return self.loose.work(kind.staff, keys)

        if self.window is None:
            return loose(records.key)
        is_error = severity >= ERROR_INDEX
        all_rows = kind.filter(np.arange(len(self.window.spans)), self.window.spans)
        failed = kind.filter(self.window.failed, self.window.spans)
        belongs = self._belongs(records)
        draws = draw(records.key, Purpose.SPAN)
        spans = np.where(
            is_error,
            _each(failed, below(draws, max(1, len(failed))), belongs),
            _each(all_rows, below(draws, max(1, len(all_rows))), belongs),
        )
        times = _times_inside(self.window, spans, is_error, records)
        return _mixed(self.window, spans, times, loose, records)

    def machines(self, kind: LogType, records: Records) -> Places:
        """Return hosts or stores."""
        return self.loose.machines(kind.machines, records.key)

    def _belongs(self, records: Records) -> Bools:
        return spread_evenly(records.rank, self.tied_per_mille)


def _each(rows: I64, turns: I64, wanted: Bools) -> I64:
    """Return a row in turn for each record that is to have one; NONE when there are no rows."""
    if not len(rows):
        return np.full(len(turns), NONE)
    return np.where(wanted, rows[turns % len(rows)], NONE)


def _times_inside(window: Window, spans: I64, is_error: Bools, records: Records) -> I64:
    """Return times within spans; an error is logged once it happened, in the last quarter."""
    start, end = window.spans.start[spans], window.spans.end[spans]
    first = np.where(is_error, start + (end - start) * 3 // 4, start)
    return first + below_wide(draw(records.key, Purpose.TIME), end - first + 1)


def _mixed(
    window: Window, spans: I64, times: I64, loose: Callable[[U64], Places], records: Records
) -> Places:
    """Return a place in a span for each record that has one, a loose place for the others."""
    tied, rest = np.flatnonzero(spans != NONE), np.flatnonzero(spans == NONE)
    parts = (window.places(spans[tied], times[tied]), loose(records.key[rest]))
    back = np.empty(len(spans), np.int64)
    back[np.concatenate((tied, rest))] = np.arange(len(spans))
    return joined_places(parts).select(back)
