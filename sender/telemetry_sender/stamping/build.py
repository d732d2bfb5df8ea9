"""Makes the stampers of a run, which share its identity and its times."""

from collections.abc import Mapping
from types import MappingProxyType

from telemetry_common.ids import RunKeys
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.timestamps import TimestampsConfig
from telemetry_sender.sinks.base import Encoder
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.encoding import encoding_stampers
from telemetry_sender.stamping.identity import Identity
from telemetry_sender.stamping.recording import Recording
from telemetry_sender.stamping.stamp import Stamper
from telemetry_sender.stamping.timeline import Timeline
from telemetry_sender.stamping.trace_times import Timing, TraceTimes


def make_stampers(
    timestamps: TimestampsConfig,
    templates: Mapping[Signal, Template],
    seed: int,
    start: int,
    encoders: Mapping[Signal, Encoder] = MappingProxyType({}),
) -> dict[Signal, BlockStamper]:
    """Return a stamper for each signal of a run that starts at `start` (Unix nanoseconds).

    What they stamp goes through the `encoders` of those signals that have one.
    Raises TemplateError where a timeline is asked for and a manifest is broken.
    """
    keys = RunKeys.from_seed(seed)
    timing = Timing(timestamps.jitter_nanos, timestamps.backdate_nanos)
    plans = [template.plan for template in templates.values()]
    identity = Identity(
        keys,
        spans=max(plan.spans for plan in plans),
        traces=max(plan.traces for plan in plans),
        profiles=max(plan.profile_numbers for plan in plans),
    )
    trace_end = max((plan.trace_end for plan in plans), key=len)
    trace_times = TraceTimes(trace_end, keys.jitter, timing)
    timelines = _timelines(timestamps, templates, start)
    stampers: dict[Signal, BlockStamper] = {
        signal: Stamper(
            template, identity, timing, trace_times, start, timeline=timelines.get(signal)
        )
        for signal, template in templates.items()
    }
    return encoding_stampers(stampers, encoders)


def _timelines(
    timestamps: TimestampsConfig, templates: Mapping[Signal, Template], start: int
) -> dict[Signal, Timeline]:
    """Return the timeline of each signal; none where events happen when they are sent."""
    if not timestamps.follows_timeline:
        return {}
    recording = Recording.of(templates.values())
    begin = start if timestamps.start_nanos is None else timestamps.start_nanos
    return {signal: Timeline.of(each, recording, begin) for signal, each in templates.items()}
