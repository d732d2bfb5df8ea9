"""Replays of a part of a set: which blocks lie in a range of it."""

from collections.abc import Mapping

import numpy as np

from telemetry_common.errors import ConfigError
from telemetry_common.planning.plan import Plan
from telemetry_common.planning.wire import Offsets
from telemetry_common.signals import Signal
from telemetry_sender.sending.dividing import blocks_before

Bounds = Mapping[Signal, Offsets]


def in_range(
    plans: Mapping[Signal, Plan], bounds: Bounds, fractions: tuple[float, float]
) -> Bounds:
    """Return the bounds of the blocks between two fractions of a set, cut to whole units.

    What belongs to a trace goes with it as far as the order of its file allows it. A signal of
    which nothing lies in the range has no block. Raises ConfigError when that is so for all.
    """
    if fractions == (0.0, 1.0):
        return bounds
    units = {signal: plan.unit_first.astype(np.int64) for signal, plan in plans.items()}
    first, last = (blocks_before(plans, units, fraction) for fraction in fractions)
    found = {
        signal: _between(cuts, *units[signal][[first[signal], last[signal]]])
        for signal, cuts in bounds.items()
    }
    if all(len(cuts) < 2 for cuts in found.values()):
        raise ConfigError("input.range", "holds no whole trace, metric or record", "widen it")
    return found


def _between(bounds: Offsets, first: np.int64, last: np.int64) -> Offsets:
    inside = bounds[(bounds > first) & (bounds < last)]
    ends = [first, last] if first < last else [first]
    return np.concatenate((ends[:1], inside, ends[1:])).astype(np.int64)
