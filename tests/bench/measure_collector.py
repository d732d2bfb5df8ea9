"""Real collectors, saturated by an unlimited replay: how much of a core does the sender take?"""

import os
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from bench.sender_process import send
from bench.sets import BenchSets
from bench.stamping import batch_of
from integration.processes import Running, find_otelcol, otelcol, rotel
from telemetry_common.signals import Signal

_SECONDS = 8.0
_EVENTS = 1500
_TICKS = os.sysconf("SC_CLK_TCK")


def measure_collectors(sets: BenchSets) -> dict[str, float]:
    """Measure rotel with its blackhole exporter, and the Collector with nop where it was built."""
    binary = find_otelcol()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = _measured(sets, "collector", rotel(folder))
        if binary is not None:
            figures |= _measured(sets, "collector.otelcol", otelcol(binary, folder))
    return figures


def _measured(
    sets: BenchSets, name: str, started: AbstractContextManager[tuple[Running, str]]
) -> dict[str, float]:
    with started as (collector, address):
        before = collector.cpu_ticks()
        report = send(
            sets.medium(Signal.TRACES),
            address,
            sending__rate_limit__events_per_second=0,
            sending__concurrency=8,
            sending__duration=_SECONDS,
            sending__batch_size__traces=batch_of(Signal.TRACES, _EVENTS),
        )
        used = (collector.cpu_ticks() - before) / _TICKS
    seconds = report["run"]["duration_seconds"]
    sender = report["sender"]["cpu_seconds"] / seconds
    return {
        f"{name}.spans_per_second": report["rate"]["achieved_events_per_second"],
        f"{name}.cpu_cores": used / seconds,
        f"{name}.sender_cpu_cores": sender,
        f"{name}.sender_cpu_over_collector_cpu": sender / (used / seconds),
    }
