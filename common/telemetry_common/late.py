"""Spans that are to be sent later than the rest of their trace: late roots."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from telemetry_common.manifest import manifest_beside
from telemetry_common.planning.plan import Column, Plan
from telemetry_common.planning.wire import Flags, Offsets
from telemetry_common.signals import Signal


@dataclass(frozen=True, slots=True)
class LateSpans:
    """Spans of a traces file by their number in it, rising, and the delay of each; shape (n,)."""

    span: Offsets
    delay_ms: Offsets

    def cuts(self) -> Offsets:
        """Return before which spans a file has to be cut so that late ones stand apart.

        Neighbours of the same delay stay together.
        """
        goes_on = np.zeros(len(self.span) + 1, np.bool_)
        goes_on[1:-1] = (np.diff(self.span) == 1) & (np.diff(self.delay_ms) == 0)
        return np.union1d(self.span[~goes_on[:-1]], self.span[~goes_on[1:]] + 1)

    def delays(self, first: Offsets) -> dict[int, float]:
        """Return the seconds that each late block is to wait, by its place in `first`.

        `first` are the first spans of all blocks, cut as `cuts` says.
        """
        row = np.searchsorted(self.span, first)
        late = row < len(self.span)
        late[late] = self.span[row[late]] == first[late]
        places = np.flatnonzero(late)
        seconds = self.delay_ms[row[places]] / 1000
        return dict(zip(places.tolist(), seconds.tolist(), strict=True))


def find_late_spans(path: Path, plan: Plan) -> LateSpans | None:
    """Return the late spans of a template, as the manifest beside it says; None without any.

    Raises TemplateError for a broken manifest.
    """
    if plan.signal is not Signal.TRACES:
        return None
    manifest = manifest_beside(path)
    delay = None if manifest is None else _delay_ms(manifest.configuration)
    roots = np.empty(0, np.int64) if delay is None else late_roots(plan)
    return LateSpans(roots, np.full(len(roots), delay, np.int64)) if len(roots) else None


def _delay_ms(configuration: Mapping[str, Any]) -> int | None:
    """Return the delay of late roots that a generator's configuration asks for."""
    section: Any = configuration
    for key in ("traces", "root", "late_root"):
        section = section.get(key) if isinstance(section, Mapping) else None
    if not isinstance(section, Mapping) or section.get("enabled") is not True:
        return None
    delay = section.get("delay_ms")
    return delay if isinstance(delay, int) and delay > 0 else None


def late_roots(plan: Plan) -> Offsets:
    """Return the roots of a traces file that stand behind other spans of their trace.

    A root names no parent: it has as many span ids as trace ids, its own and those of its links.
    """
    ids = _held(plan, plan.span_id.offset) - _held(plan, plan.trace_id.offset)
    is_root: Flags = (ids == 0) & (_held(plan, plan.foreign) == 0) & (plan.event_trace >= 0)
    first = np.full(plan.traces, plan.events, np.int64)
    known = np.flatnonzero(plan.event_trace >= 0)
    np.minimum.at(first, plan.event_trace[known], known)
    roots = np.flatnonzero(is_root)
    found: Offsets = roots[first[plan.event_trace[roots]] < roots]
    return found


def _held(plan: Plan, offset: Column) -> Offsets:
    """Return how many of the slots at these offsets each event holds."""
    start = np.searchsorted(offset, plan.event_start)
    held: Offsets = np.searchsorted(offset, plan.event_end) - start
    return held
