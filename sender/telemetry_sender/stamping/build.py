"""Makes the stampers of a run, which share its identity and its times."""

from collections.abc import Mapping

from telemetry_common.ids import RunKeys
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.config.timestamps import TimestampsConfig
from telemetry_sender.sinks.base import Encoding
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.identity import Identity
from telemetry_sender.stamping.stamp import Stamper
from telemetry_sender.stamping.trace_times import Timing, TraceTimes
from telemetry_sender.text.json_stamper import JsonStamper


def make_stampers(
    timestamps: TimestampsConfig,
    templates: Mapping[Signal, Template],
    seed: int,
    start: int,
    encoding: Encoding = Encoding.PROTOBUF,
) -> dict[Signal, BlockStamper]:
    """Return a stamper for each signal of a run that starts at `start` (Unix nanoseconds)."""
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
    stampers: dict[Signal, BlockStamper] = {
        signal: Stamper(template, identity, timing, trace_times, start)
        for signal, template in templates.items()
    }
    if encoding is Encoding.JSON:
        return {signal: JsonStamper(templates[signal], each) for signal, each in stampers.items()}
    return stampers
