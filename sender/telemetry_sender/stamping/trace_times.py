"""Places every trace in time, once a pass, so that all signals agree on when it happened.

A trace ends at its send time, minus the backdate, minus one jitter of its own. Whichever signal
stamps a trace first in a pass fixes its shift here; spans, logs and exemplars that follow read it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64, mix64
from telemetry_common.planning.plan import Indices

_WORD = (1 << 64) - 1

# Signals are at most one pass apart while they take blocks; what was taken is stamped soon after.
_PASSES_KEPT = 4
# Soon is some milliseconds, since waits end on the event loop's timer: many passes of a tiny set.
_TRACES_KEPT = 1 << 16


@dataclass(frozen=True, slots=True)
class Timing:
    """How events are placed around their send time; nanoseconds."""

    jitter: int = 0
    backdate: int = 0


def jitters(key: int, counters: U64, most: int) -> U64:
    """Return one delay in 0..`most` nanoseconds for each counter, the same for the same `key`."""
    return mix64(counters + np.uint64(key)) % np.uint64(most + 1)


class TraceTimes:
    """The shift of each trace in the passes under way: what to add to its template times."""

    def __init__(self, trace_end: U64, jitter_key: int, timing: Timing) -> None:
        self._end = trace_end
        self._key = jitter_key
        self._timing = timing
        self._passes = max(_PASSES_KEPT, _TRACES_KEPT // max(1, len(trace_end)))
        self._fixed_in = np.full((self._passes, len(trace_end)), -1, np.int64)
        self._shift = np.zeros((self._passes, len(trace_end)), np.uint64)

    def of_range(self, traces: range, pass_number: int, now: int) -> U64:
        """Return the shifts of a range of traces in this pass, shape (len(traces),).

        Those that are new are fixed at `now`, the send time in Unix nanoseconds. Adding a shift
        wraps modulo 2^64.
        """
        rows = slice(traces.start, traces.stop)
        kept = pass_number % self._passes
        missing = self._fixed_in[kept, rows] != pass_number
        if missing.all():
            counters = np.arange(traces.start, traces.stop, dtype=np.uint64)
            self._shift[kept, rows] = self._placed(counters, pass_number, now) - self._end[rows]
            self._fixed_in[kept, rows] = pass_number
        elif missing.any():
            self._fix(np.flatnonzero(missing) + traces.start, pass_number, now)
        shifts: U64 = self._shift[kept, rows]
        return shifts

    def of(self, trace: Indices, pass_number: int, now: int) -> U64:
        """Return the shifts of the traces `trace` (m,) in this pass, fixing those that are new."""
        kept = pass_number % self._passes
        missing = trace[self._fixed_in[kept].take(trace) != pass_number]
        if len(missing):
            self._fix(missing, pass_number, now)
        shifts: U64 = self._shift[kept].take(trace)
        return shifts

    def _fix(self, trace: NDArray[np.signedinteger[Any]], pass_number: int, now: int) -> None:
        kept = pass_number % self._passes
        placed = self._placed(trace.astype(np.uint64), pass_number, now)
        self._shift[kept, trace] = placed - self._end[trace]
        self._fixed_in[kept, trace] = pass_number

    def _placed(self, trace: U64, pass_number: int, now: int) -> U64:
        """Return when each trace ends."""
        key = self._key + pass_number * len(self._end) & _WORD
        jitter = jitters(key, trace, self._timing.jitter)
        placed: U64 = np.uint64(now - self._timing.backdate) - jitter
        return placed
