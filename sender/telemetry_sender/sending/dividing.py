"""Divides the blocks of a set among parts: which of them each process sends in every pass.

A part owns a run of neighbouring blocks of each signal. Traces are divided by their events, so that
parts take equally long; where the file allows it, no trace is in two parts. What belongs to a trace
(log records, profiles, data points with exemplars) goes with it as far as its own file is in the
order of the traces, because one process alone knows when it has placed a trace in time.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from telemetry_common.planning.plan import Plan
from telemetry_common.planning.wire import Offsets
from telemetry_common.signals import Signal

# A file follows the order of the traces if so many of its references stay at home.
_ORDERLY = 0.9

Cuts = Offsets
"""The first block of each part, and the number of blocks last: shape (parts + 1,)."""


def divide(
    plans: Mapping[Signal, Plan],
    bounds: Mapping[Signal, Offsets],
    count: int,
) -> dict[Signal, list[range]]:
    """Return the blocks of each of `count` parts, by signal: everything, and each block once.

    `bounds` are the first events of all blocks and the end of the last one. Where there are fewer
    blocks than parts, some parts have none.
    """
    shares = [number / count for number in range(count + 1)]
    cuts = _cuts(plans, bounds, shares)
    return {
        signal: [range(*pair) for pair in pairwise(found.tolist())]
        for signal, found in cuts.items()
    }


def blocks_before(
    plans: Mapping[Signal, Plan], bounds: Mapping[Signal, Offsets], share: float
) -> dict[Signal, int]:
    """Return for each signal how many blocks make up the first `share` (0 to 1) of the set."""
    return {
        signal: int(found[1]) for signal, found in _cuts(plans, bounds, [0.0, share, 1.0]).items()
    }


def _cuts(
    plans: Mapping[Signal, Plan], bounds: Mapping[Signal, Offsets], shares: Sequence[float]
) -> dict[Signal, Cuts]:
    """Cut each signal at the shares, which rise from 0 to 1."""
    cuts = {signal: _even_cuts(bounds[signal], shares) for signal in plans}
    if Signal.TRACES in plans:
        traces, own = plans[Signal.TRACES], bounds[Signal.TRACES]
        cuts[Signal.TRACES] = _clean_cuts(traces, own, cuts[Signal.TRACES])
        first_trace = _first_traces(traces, own, cuts[Signal.TRACES])
        for signal in plans.keys() - {Signal.TRACES}:
            cuts[signal] = _cuts_by_trace(plans[signal], bounds[signal], cuts[signal], first_trace)
    return cuts


def _even_cuts(bounds: Offsets, shares: Sequence[float]) -> Cuts:
    """Cut where the parts come closest to their shares of the events."""
    return _nearest(bounds, bounds[0] + np.array(shares) * int(bounds[-1] - bounds[0]))


def _nearest(bounds: Offsets, targets: NDArray[np.integer[Any] | np.floating[Any]]) -> Cuts:
    """Return the index of the bound that is nearest to each target."""
    after = np.minimum(np.searchsorted(bounds, targets), len(bounds) - 1)
    before = np.maximum(after - 1, 0)
    closer = targets - bounds[before] < bounds[after] - targets
    return np.where(closer, before, after).astype(np.int64)


def _clean_cuts(plan: Plan, bounds: Offsets, even: Cuts) -> Cuts:
    """Move cuts to where no trace is on both sides, by half of the smaller part at most."""
    highest, lowest = _trace_range(plan, bounds)
    clean = np.flatnonzero(highest < lowest)
    if not len(clean):
        return even
    near = clean[_nearest(bounds[clean], bounds[even])]
    sizes = np.diff(bounds[even])
    allowed = np.zeros(len(even), np.int64)
    allowed[1:-1] = np.minimum(sizes[:-1], sizes[1:]) // 2
    moved = np.where(np.abs(bounds[near] - bounds[even]) <= allowed, near, even)
    return np.maximum.accumulate(moved)


def _trace_range(plan: Plan, bounds: Offsets) -> tuple[Offsets, Offsets]:
    """Return the highest trace before each bound, and the lowest from it on."""
    none = plan.traces
    trace = plan.event_trace.astype(np.int64)
    highest = np.concatenate(([-1], np.maximum.accumulate(trace)))
    known = np.where(trace < 0, none, trace)
    lowest = np.concatenate((np.minimum.accumulate(known[::-1])[::-1], [none]))
    return highest[bounds], lowest[bounds]


def _first_traces(plan: Plan, bounds: Offsets, cuts: Cuts) -> Offsets:
    """Return the lowest trace from each cut on: where the traces of a part begin."""
    return _trace_range(plan, bounds)[1][cuts]


def _cuts_by_trace(plan: Plan, bounds: Offsets, even: Cuts, first_trace: Offsets) -> Cuts:
    """Cut where a file comes to the traces of each part; evenly if it is in another order."""
    event, trace = _references(plan)
    if not len(event):
        return even
    reached = np.searchsorted(np.maximum.accumulate(trace), first_trace[1:-1])
    cut_events = np.append(event, bounds[-1])[reached]
    cuts = even.copy()
    cuts[1:-1] = _nearest(bounds, cut_events)
    at_home = _at_home(bounds[cuts], event, trace, first_trace)
    better = at_home > _at_home(bounds[even], event, trace, first_trace)
    return cuts if better and at_home >= _ORDERLY else even


def _references(plan: Plan) -> tuple[Offsets, Offsets]:
    """Return the events that name a trace, in file order, and which one each names."""
    offset = plan.trace_id.offset.astype(np.int64)
    event = np.searchsorted(plan.event_start, offset, "right") - 1
    inside = (event >= 0) & (offset < plan.event_end[np.maximum(event, 0)])
    return event[inside], plan.trace_id.index[inside].astype(np.int64)


def _at_home(first_event: Offsets, event: Offsets, trace: Offsets, first_trace: Offsets) -> float:
    """Return the fraction of references whose event is in the part that has its trace."""
    holder = np.searchsorted(first_event[1:-1], event, "right")
    owner = np.searchsorted(first_trace[1:-1], trace, "right")
    return float(np.mean(holder == owner))
