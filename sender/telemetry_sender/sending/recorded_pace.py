"""Blocks that follow the recorded times: which events stand together, in what order, and when.

A file need not be in order of time: the traces of a generated set are as they were made, anywhere
in its horizon. So blocks end where their units lie too far apart, and go out in order of time.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from telemetry_common.planning.plan import Plan
from telemetry_common.planning.wire import Offsets
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.pace.recorded import RecordedLoad
from telemetry_sender.pace.repeated import RepeatedLoad
from telemetry_sender.pace.shape import LoadShape
from telemetry_sender.stamping.recording import Recording, template_times

Seconds = NDArray[np.float64]

_NANOS = 1e9
_WHOLE_UNITS = (Signal.TRACES, Signal.PROFILES)
"""Signals whose units are sent when all of them is over."""


def follows_recording(config: SenderConfig) -> bool:
    """Whether the pace is that of the recorded times."""
    sending = config.sending
    is_open = sending.shape is None and sending.rate_limit.events_per_second is None
    return is_open and config.timestamps.follows_timeline


def narrow_bounds(
    config: SenderConfig, templates: Mapping[Signal, Template], bounds: Mapping[Signal, Offsets]
) -> dict[Signal, Offsets]:
    """Cut the blocks further so that none holds units more than a burst of sending apart.

    `bounds` are the first events of the blocks of each signal, and the number of events last.
    """
    window = config.sending.rate_limit.burst_seconds * config.timestamps.speed
    recording = Recording.of(templates.values())
    return {
        signal: _narrowed(bounds[signal], template.plan, happened(template, recording), window)
        for signal, template in templates.items()
    }


def recorded_orders(
    config: SenderConfig,
    templates: Mapping[Signal, Template],
    bounds: Mapping[Signal, Offsets],
    owned: Mapping[Signal, range],
) -> dict[Signal, Offsets]:
    """Return the indices of the `owned` blocks of each signal in order of time.

    Empty where something else than the recording decides about the pace.
    """
    if not follows_recording(config):
        return {}
    recording = Recording.of(templates.values())
    return {
        signal: owned[signal].start
        + np.argsort(
            _due(happened(template, recording), bounds[signal], owned[signal]), kind="stable"
        )
        for signal, template in templates.items()
    }


def recorded_loads(
    config: SenderConfig,
    templates: Mapping[Signal, Template],
    bounds: Mapping[Signal, Offsets],
    owned: Mapping[Signal, range],
) -> dict[Signal, LoadShape]:
    """Return the recorded load of each signal that has `owned` blocks.

    Empty where something else than the recording decides about the pace.
    """
    if not follows_recording(config):
        return {}
    recording, speed = Recording.of(templates.values()), config.timestamps.speed
    period = recording.horizon / _NANOS / speed
    loads: dict[Signal, LoadShape] = {}
    for signal, template in templates.items():
        own = owned[signal]
        if own:
            due = _due(happened(template, recording), bounds[signal], own) / speed
            sizes = np.diff(bounds[signal][own.start : own.stop + 1])
            loads[signal] = RepeatedLoad(RecordedLoad.of(due, sizes, period), period)
    return loads


def _due(over: Seconds, bounds: Offsets, owned: range) -> Seconds:
    """Return when the last event of each owned block is over."""
    if not owned:
        return np.empty(0)
    cuts = bounds[owned.start : owned.stop + 1]
    due: Seconds = np.maximum.reduceat(over[: cuts[-1]], cuts[:-1])
    return due


def _narrowed(bounds: Offsets, plan: Plan, over: Seconds, window: float) -> Offsets:
    """Begin a block anew where the next unit would make it hold more than `window` seconds."""
    pieces = np.union1d(bounds, plan.unit_first.astype(np.int64))
    earliest = np.minimum.reduceat(over, pieces[:-1]).tolist()
    latest = np.maximum.reduceat(over, pieces[:-1]).tolist()
    begins = np.isin(pieces[:-1], bounds).tolist()
    low, high = 0.0, 0.0
    for piece, (first, last) in enumerate(zip(earliest, latest, strict=True)):
        low, high = min(low, first), max(high, last)
        if begins[piece] or high - low > window:
            begins[piece], low, high = True, first, last
    found: Offsets = pieces[np.append(begins, True)]
    return found


def happened(template: Template, recording: Recording) -> Seconds:
    """Return when each event was over, in seconds since the start of the set, shape (events,)."""
    latest = _latest_times(template)
    if template.signal in _WHOLE_UNITS:
        latest = _of_units(template.plan, latest)
    known = np.maximum(latest, recording.epoch)
    over: Seconds = (known - recording.epoch) / _NANOS
    return over


def _latest_times(template: Template) -> NDArray[np.int64]:
    """Return the latest time in each event; for one without any, that of the event before."""
    plan = template.plan
    latest = np.zeros(plan.events, np.int64)
    slots = (plan.time.offset, plan.point_time)
    for offsets, times in zip(slots, template_times(template), strict=True):
        event = np.maximum(plan.event_start.searchsorted(offsets, "right") - 1, 0)
        np.maximum.at(latest, event, times.astype(np.int64))
    filled = np.maximum.accumulate(np.where(latest > 0, np.arange(plan.events), 0))
    carried: NDArray[np.int64] = latest[filled]
    return carried


def _of_units(plan: Plan, latest: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each event the latest time of its unit."""
    first = plan.unit_first.astype(np.int64)
    sizes: NDArray[np.int64] = first[1:] - first[:-1]
    return np.repeat(np.maximum.reduceat(latest, first[:-1]), sizes)
