"""Adds up the series of several reports, brought to one clock.

Rates are turned into counts, read at common moments and added, so that sums over time stay exact.
Percentiles of an interval cannot be added: the highest of all reports is kept, and said so.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Series = Mapping[str, Any]
Moments = NDArray[np.float64]

_ELAPSED = "elapsed_seconds"


def merge_series(each: Sequence[Series], starts: Sequence[float]) -> dict[str, Any]:
    """Return the columns of all reports together.

    `starts` are the seconds from the first start of all to that of each report.
    """
    ends = [
        np.array(series[_ELAPSED], np.float64) + start
        for series, start in zip(each, starts, strict=True)
    ]
    moments = _moments(ends)
    merged = _tables(each, list(ends), list(starts), moments)
    return {_ELAPSED: moments.tolist()} | {k: v for k, v in merged.items() if k != _ELAPSED}


def _moments(ends: Sequence[Moments]) -> Moments:
    """Return the moments of the longest series, then of others where they go on behind it."""
    found = max(ends, key=len)
    for later in sorted(ends, key=lambda each: float(each[-1]) if len(each) else 0.0):
        covered = float(found[-1]) if len(found) else 0.0
        found = np.append(found, later[later > covered])
    return found


def _tables(
    each: Sequence[Series], ends: list[Moments], starts: list[float], moments: Moments
) -> dict[str, Any]:
    """Merge columns by name, those in tables within likewise."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(name for series in each for name in series):
        have = [row for row, series in enumerate(each) if name in series]
        parts = [each[row][name] for row in have]
        own_ends, own_starts = [ends[row] for row in have], [starts[row] for row in have]
        if isinstance(parts[0], Mapping):
            found[name] = _tables(parts, own_ends, own_starts, moments)
        elif name.endswith("_per_second") or name == "cpu_cores":
            found[name] = _added_rates(parts, own_ends, own_starts, moments)
        elif name == "max_rss_bytes":
            found[name] = [int(value or 0) for value in _latest(parts, own_ends, moments, np.sum)]
        else:
            found[name] = _latest(parts, own_ends, moments, np.max)
    return found


def _added_rates(
    columns: Sequence[list[float | None]],
    ends: Sequence[Moments],
    starts: Sequence[float],
    moments: Moments,
) -> list[float | None]:
    """Return the sum of the rates between the moments; None where no report has one."""
    counts = np.zeros(len(moments))
    known = False
    for column, end, start in zip(columns, ends, starts, strict=True):
        rates = np.array([0.0 if rate is None else rate for rate in column])
        known = known or any(rate is not None for rate in column)
        bounds = np.concatenate(([start], end))
        reached = np.concatenate(([0.0], np.cumsum(rates * np.diff(bounds))))
        counts += np.interp(moments, bounds, reached)
    if not known:
        return [None] * len(moments)
    intervals = np.diff(moments, prepend=0.0)
    summed: list[float | None] = (np.diff(counts, prepend=0.0) / intervals).tolist()
    return summed


def _latest(
    columns: Sequence[list[float | None]],
    ends: Sequence[Moments],
    moments: Moments,
    combine: Any,
) -> list[float | None]:
    """Return what the reports last said at each moment, combined; None where none says anything."""
    merged: list[float | None] = []
    for before, now in zip([0.0, *moments[:-1].tolist()], moments.tolist(), strict=True):
        said = [_said(column, end, before, now) for column, end in zip(columns, ends, strict=True)]
        known = [value for value in said if value is not None]
        merged.append(float(combine(known)) if known else None)
    return merged


def _said(column: list[float | None], ends: Moments, before: float, now: float) -> float | None:
    """Return the value of the interval that holds `now`, or ends last before it."""
    place = int(np.searchsorted(ends, now, "right")) - 1
    place = place + 1 if place + 1 < len(column) and ends[place] < now else place
    if place < 0 or place >= len(column) or float(ends[place]) < before:
        return None
    return column[place]
