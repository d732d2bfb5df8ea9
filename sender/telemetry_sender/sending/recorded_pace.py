"""When the blocks of a set are due if they follow the times at which their events happened."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from telemetry_common.planning.plan import Plan
from telemetry_common.planning.wire import Offsets
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.pace.recorded import RecordedLoad, Seconds
from telemetry_sender.pace.repeated import RepeatedLoad
from telemetry_sender.pace.shape import LoadShape
from telemetry_sender.stamping.recording import Recording, template_times

_NANOS = 1e9
_WHOLE_UNITS = (Signal.TRACES, Signal.PROFILES)
"""Signals whose units are sent when all of them is over."""


def recorded_loads(
    config: SenderConfig,
    templates: Mapping[Signal, Template],
    bounds: Mapping[Signal, Offsets],
    owned: Mapping[Signal, range],
) -> dict[Signal, LoadShape]:
    """Return the recorded load of each signal; none where something else decides about the pace.

    `bounds` are the first events of all blocks of a signal, `owned` the blocks that are sent.
    """
    if not follows_recording(config):
        return {}
    recording, speed = Recording.of(templates.values()), config.timestamps.speed
    loads: dict[Signal, LoadShape] = {}
    for signal, template in templates.items():
        cuts = bounds[signal][owned[signal].start : owned[signal].stop + 1]
        if len(cuts) < 2:
            continue
        happened = happened_seconds(template, recording)[cuts[0] : cuts[-1]] / speed
        seconds = recording.horizon / _NANOS / speed
        load = RecordedLoad.of(happened, np.diff(cuts).tolist(), seconds)
        loads[signal] = RepeatedLoad(load, seconds)
    return loads


def follows_recording(config: SenderConfig) -> bool:
    """Whether the pace is that of the recorded times."""
    sending = config.sending
    is_open = sending.shape is None and sending.rate_limit.events_per_second is None
    return is_open and config.timestamps.follows_timeline


def happened_seconds(template: Template, recording: Recording) -> Seconds:
    """Return when each event was over, in seconds since the start of the set, shape (events,)."""
    latest = _latest_times(template)
    if template.signal in _WHOLE_UNITS:
        latest = _of_units(template.plan, latest)
    known = np.maximum(latest, recording.epoch)
    return (known - recording.epoch) / _NANOS


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
