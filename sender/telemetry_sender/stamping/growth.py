"""How much cumulative values of a timeline grow from one pass to the next: by all of their pass.

A series with one point in the template grows by that point. One with several points grows by the
last of them, so that it goes on where it was and never falls.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from telemetry_common.ids import U64
from telemetry_common.planning.plan import Column, Plan
from telemetry_common.template import Template

Number = TypeVar("Number", np.uint64, np.float64)


@dataclass(frozen=True, slots=True)
class Growth:
    """What every pass adds to the slots of `Plan.count` and `Plan.amount`."""

    count: U64
    amount: NDArray[np.float64]

    @classmethod
    def of(cls, template: Template) -> "Growth":
        """Return the growth of a template of metrics."""
        plan, words = template.plan, template.words()
        count, amount = words.integer[plan.count], words.real[plan.amount]
        for points, last in _repeated_points(plan, words.integer[plan.point_time]):
            _carry(count, plan.count, plan, points, last)
            _carry(amount, plan.amount, plan, points, last)
        return cls(count, amount)


def _repeated_points(plan: Plan, times: U64) -> list[tuple[range, NDArray[np.int64]]]:
    """Return the points of each metric whose series have several, and the place of their last.

    The second has, for each of these points, which of them is the last of its series. Metrics are
    left out whose points do not come series by series or instant by instant.
    """
    if len(times) != plan.events:
        return []
    bounds = np.unique(plan.levels[-1].first_event.astype(np.int64))
    firsts, lasts = bounds[:-1], bounds[1:]
    several = np.maximum.reduceat(times, firsts) > np.minimum.reduceat(times, firsts)
    found: list[tuple[range, NDArray[np.int64]]] = []
    for first, last in zip(firsts[several].tolist(), lasts[several].tolist(), strict=True):
        of_last = _last_of_series(times[first:last])
        if of_last is not None:
            found.append((range(first, last), of_last))
    return found


def _last_of_series(times: U64) -> NDArray[np.int64] | None:
    """Return for each point the last one of its series; None where that cannot be told."""
    instants = np.unique(times)
    series, rest = divmod(len(times), len(instants))
    if rest:
        return None
    number = np.arange(len(times))
    if np.array_equal(times, np.repeat(instants, series)):
        return number % series + len(times) - series
    if np.array_equal(times, np.tile(instants, series)):
        return (number // len(instants) + 1) * len(instants) - 1
    return None


def _carry(
    values: NDArray[Number], offset: Column, plan: Plan, points: range, last: NDArray[np.int64]
) -> None:
    """Replace the `values` of these points by those of the last points of their series."""
    start, end = plan.event_start[points.start], plan.event_end[points.stop - 1]
    first, stop = np.searchsorted(offset, [start, end]).tolist()
    width, rest = divmod(stop - first, len(points))
    if width and not rest:
        table = values[first:stop].reshape(len(points), width)
        values[first:stop] = table[last].reshape(-1)
