"""The stamper against the real protobuf classes, over arbitrary OTLP messages."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from random import Random

import numpy as np
import pytest
from google.protobuf.message import Message
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from otlp_samples import ROOTS, sample, unusual
from stamp_reference import Reference
from telemetry_common.ids import RunKeys
from telemetry_common.planning.cut import cut_events
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.stamping.identity import Identity
from telemetry_sender.stamping.stamp import Stamper
from telemetry_sender.stamping.trace_times import Timing, TraceTimes
from template_files import template_of

START = 1_760_000_000_000_000_000
NOW = START + 5_000_000_000

slowly = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
runs = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**63),
        "pass_number": st.integers(0, 1000),
        "jitter": st.sampled_from([0, 1, 100_000_000]),
        "backdate": st.sampled_from([0, 3_600_000_000_000]),
    }
)
sources = st.randoms(use_true_random=True)


def stamped(templates: Mapping[Signal, Template], signal: Signal, run: Mapping[str, int]) -> bytes:
    """Return the whole file of a signal as one block, stamped."""
    keys = RunKeys.from_seed(run["seed"])
    plan = templates[signal].plan
    traces = templates[Signal.TRACES].plan if Signal.TRACES in templates else plan
    timing = Timing(run["jitter"], run["backdate"])
    times = TraceTimes(traces.trace_end, keys.jitter, timing)
    identity = Identity(keys, traces.spans, traces.traces, plan.profile_numbers)
    stamper = Stamper(templates[signal], identity, timing, times, START)
    return stamper.stamp(cut_events(plan, 0, 0, plan.events), run["pass_number"], NOW)


def reference(run: Mapping[str, int], traces: Message | None) -> Reference:
    made = Reference(run["seed"], run["pass_number"], NOW, START, run["jitter"], run["backdate"])
    if traces is not None:
        made.learn(traces)
    return made


def expected(signal: Signal, run: Mapping[str, int], data: bytes, traces: Message | None) -> bytes:
    message = ROOTS[signal].FromString(data)
    known = reference(run, message if signal is Signal.TRACES else traces)
    getattr(known, f"set_{signal}")(message)
    return bytes(message.SerializeToString(deterministic=True))


def changed_bytes_are_slots(template: Template, data: bytes, result: bytes) -> None:
    plan = template.plan
    slot = np.zeros(len(data), np.bool_)
    widths = [
        (plan.time.offset, 8), (plan.trace_id.offset, 16), (plan.span_id.offset, 8),
        (plan.profile_id.offset, 16), (plan.foreign, 8), (plan.point_time, 8),
        (plan.point_start.offset, 8), (plan.count, 8), (plan.amount, 8),
    ]  # fmt: skip
    for offset, width in widths:
        for i in range(width):
            slot[offset + i] = True
    before, after = np.frombuffer(data, np.uint8), np.frombuffer(result, np.uint8)
    assert not np.any((before != after) & ~slot)


@pytest.mark.parametrize("signal", list(Signal))
@pytest.mark.parametrize("encoding", ["canonical", "unusual"])
@slowly
@given(rng=sources, run=runs)
def test_stamping_bytes_is_setting_fields(
    signal: Signal, encoding: str, rng: Random, run: dict[str, int]
) -> None:
    """decode(stamp(bytes)) == set_fields(decode(bytes)), equal length, other bytes unchanged."""
    message = sample(rng, signal)
    data = message.SerializeToString() if encoding == "canonical" else unusual(rng, message)
    assume(data)
    with tempfile.TemporaryDirectory() as folder:
        template = template_of(Path(folder), {signal: data})[signal]
        result = stamped({signal: template}, signal, run)
    assert len(result) == len(data)
    decoded = ROOTS[signal].FromString(result)
    assert decoded.SerializeToString(deterministic=True) == expected(signal, run, data, None)
    changed_bytes_are_slots(template, data, result)


@pytest.mark.parametrize("signal", [Signal.LOGS, Signal.METRICS, Signal.PROFILES])
@slowly
@given(rng=sources, run=runs)
def test_references_get_the_ids_and_times_of_the_spans_that_they_name(
    signal: Signal, rng: Random, run: dict[str, int]
) -> None:
    """Logs, exemplars and profile links follow the traces file of their set."""
    traces, other = sample(rng, Signal.TRACES), sample(rng, signal)
    data = {Signal.TRACES: unusual(rng, traces), signal: unusual(rng, other)}
    assume(all(data.values()))
    with tempfile.TemporaryDirectory() as folder:
        templates = template_of(Path(folder), data)
        result = stamped(templates, signal, run)
    decoded = ROOTS[signal].FromString(result)
    assert decoded.SerializeToString(deterministic=True) == expected(
        signal, run, data[signal], ROOTS[Signal.TRACES].FromString(data[Signal.TRACES])
    )
