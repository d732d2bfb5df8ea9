"""Small tools for the tests of the sender's core: planned bytes, cut blocks, the committed set."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, cast

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from opentelemetry.proto.logs.v1.logs_pb2 import LogsData
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from otlp_samples import sample, unusual
from telemetry_common.ids import RunKeys
from telemetry_common.planning.cut import Block, Limits, block_bounds, cut_events
from telemetry_common.planning.identities import Identities
from telemetry_common.planning.plan import Plan
from telemetry_common.planning.planner import build_plan
from telemetry_common.planning.wire import Bytes
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.stamping.identity import Identity
from telemetry_sender.stamping.stamp import Stamper
from telemetry_sender.stamping.trace_times import Timing, TraceTimes

if TYPE_CHECKING:
    import mmap

START = 1_760_000_000_000_000_000
SECOND = 1_000_000_000

COMMITTED = Path(__file__).parents[1] / "templates"
COMMITTED_SIGNALS = (Signal.TRACES, Signal.METRICS, Signal.LOGS)

sources = st.randoms(use_true_random=True)
small_limits = st.builds(Limits, batch=st.integers(1, 5), max_bytes=st.just(1 << 22))
any_runs = {"seed": st.integers(0, 2**63), "backdate": st.sampled_from([0, 3_600 * SECOND])}
"""Keywords of `stampers_of`."""


def committed_data(signals: Iterable[Signal] = COMMITTED_SIGNALS) -> dict[Signal, bytes]:
    """Return the files of the committed set."""
    return {signal: (COMMITTED / f"small-{signal}.pb").read_bytes() for signal in signals}


def examples(count: int) -> settings:
    """Return settings for a property that takes a while per example."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def array(data: bytes) -> Bytes:
    """Return bytes as the planner takes them."""
    return np.frombuffer(data, np.uint8)


def planned(data: bytes, signal: Signal) -> Plan:
    """Return the plan of a file of its own."""
    return build_plan(array(data), signal, "", Identities.none())


def encoded_sample(rng: Random, signal: Signal) -> bytes:
    """Return an arbitrary file of a signal, in canonical and unusual encodings; never empty."""
    encoded = b""
    for _ in range(rng.randrange(1, 5)):
        message = sample(rng, signal)
        plain = rng.random() < 0.5
        encoded += bytes(message.SerializeToString()) if plain else unusual(rng, message)
    return encoded or b"\x0a\x00"


def late_roots_file(spans: Sequence[int], group: int) -> bytes:
    """Return traces of so many spans each, whose roots stand behind every `group` of traces.

    All spans of a trace are children of its root, lie within it, and take part in its time.
    """
    data = TracesData()
    for first in range(0, len(spans), group):
        members = range(first, min(first + group, len(spans)))
        for trace in members:
            for child in range(1, spans[trace]):
                _add_span(data, trace, child)
        for trace in members:
            _add_span(data, trace, 0)
    return bytes(data.SerializeToString())


def _add_span(data: TracesData, trace: int, number: int) -> None:
    resource = data.resource_spans.add()
    resource.resource.attributes.add(key="service.name").value.string_value = f"s{number % 3}"
    root = (trace + 1).to_bytes(8, "big")
    resource.scope_spans.add().spans.add(
        trace_id=(trace + 1).to_bytes(16, "little"),
        span_id=root if number == 0 else (trace + 1 << 32 | number).to_bytes(8, "big"),
        parent_span_id=root if number else b"",
        start_time_unix_nano=1_000 * trace + number + 1,
        end_time_unix_nano=1_000 * trace + 900 - number,
    )


def blocks_of(plan: Plan, limits: Limits) -> list[Block]:
    """Return all blocks of a pass."""
    ranges = pairwise(block_bounds(plan, limits).tolist())
    return [cut_events(plan, i, first, last) for i, (first, last) in enumerate(ranges)]


def block_bytes(block: Block, data: bytes) -> bytes:
    """Put a block together from its parts and literals; every byte must be placed once."""
    pieces = [(part.at, data[part.start : part.end]) for part in block.parts]
    pieces += list(block.literals)
    joined = b""
    for at, piece in sorted(pieces):
        assert at == len(joined)
        joined += piece
    return joined


def templates_of(contents: Mapping[Signal, bytes]) -> dict[Signal, Template]:
    """Return templates of one set whose bytes are not in files; traces come first in `contents`."""
    identities = Identities.none()
    templates: dict[Signal, Template] = {}
    for signal, data in contents.items():
        plan = build_plan(array(data), signal, str(signal), identities)
        mapped = cast("mmap.mmap", data)
        templates[signal] = Template(signal, Path(signal), mapped, plan, was_cached=False)
        if signal is Signal.TRACES:
            identities = Identities.read(plan, templates[signal].words().integer)
    return templates


def stampers_of(
    templates: Mapping[Signal, Template], *, seed: int = 1, jitter: int = 0, backdate: int = 0
) -> dict[Signal, Stamper]:
    """Return the stampers of a run that started at START; times in nanoseconds."""
    keys = RunKeys.from_seed(seed)
    plans = [template.plan for template in templates.values()]
    identity = Identity(
        keys,
        spans=max(plan.spans for plan in plans),
        traces=max(plan.traces for plan in plans),
        profiles=max(plan.profile_numbers for plan in plans),
    )
    timing = Timing(jitter, backdate)
    times = TraceTimes(max((p.trace_end for p in plans), key=len), keys.jitter, timing)
    return {
        signal: Stamper(template, identity, timing, times, START)
        for signal, template in templates.items()
    }


def copy_committed(folder: Path) -> dict[Signal, Path]:
    """Copy the committed set, without plan caches, and return its template files."""
    for file in COMMITTED.glob("small-*"):
        if not file.name.endswith(".plan.npz"):
            shutil.copy(file, folder)
    return {signal: folder / f"small-{signal}.pb" for signal in COMMITTED_SIGNALS}


def logs_of_traces(records: Sequence[int]) -> bytes:
    """Return so many log records of each trace of `late_roots_file`, in the order of the traces."""
    data = LogsData()
    scope = data.resource_logs.add().scope_logs.add()
    for trace, count in enumerate(records):
        for number in range(count):
            scope.log_records.add(
                time_unix_nano=1_000 * trace + number + 1,
                trace_id=(trace + 1).to_bytes(16, "little"),
                span_id=(trace + 1).to_bytes(8, "big"),
            )
    return bytes(data.SerializeToString())
