"""Measures what it costs to share a run out: events per CPU second of two processes.

Two busy processes get in each other's way (caches, memory, other users of the machine), whoever
they are. So two processes of one run are held against two runs of one process at the same time.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.sender_process import send
from bench.sets import BenchSets
from receivers import receiving
from telemetry_common.signals import Signal

_SECONDS = 6
_TURNS = 2


def measure_processes(sets: BenchSets) -> dict[str, float]:
    """Return events per CPU second: one process alone, two runs at once, two processes of a run."""
    files = sets.medium(Signal.TRACES, Signal.LOGS)
    figures = _compared("discard", files, "127.0.0.1:1", {"sinks": "discard"})
    with receiving(sets.folder, "--discard") as peer:
        return figures | _compared("grpc", files, peer.grpc, {})


def _compared(
    name: str, files: Mapping[Signal, Path], endpoint: str, settings: dict[str, Any]
) -> dict[str, float]:
    alone, apart, together = 0.0, 0.0, 0.0
    for _ in range(_TURNS):
        alone = max(alone, _efficiency(_at_once(1, 1, files, endpoint, settings)))
        apart = max(apart, _efficiency(_at_once(2, 1, files, endpoint, settings)))
        together = max(together, _efficiency(_at_once(1, 2, files, endpoint, settings)))
    return {
        f"processes.{name}.events_per_cpu_second.alone": alone,
        f"processes.{name}.events_per_cpu_second.two_runs": apart,
        f"processes.{name}.events_per_cpu_second.two_processes": together,
        f"processes.{name}.ratio_vs_two_runs": together / apart,
        f"processes.{name}.ratio_vs_alone": together / alone,
    }


def _at_once(
    runs: int,
    processes: int,
    files: Mapping[Signal, Path],
    endpoint: str,
    settings: dict[str, Any],
) -> list[dict[str, Any]]:
    """Carry out runs at the same time, each as fast as it can; return their reports."""

    def run(_: int) -> dict[str, Any]:
        unpaced = {"sending__rate_limit__events_per_second": 0, "sending__duration": _SECONDS}
        shared = {"sending__processes": processes, "sending__concurrency": 4 * processes}
        return send(files, endpoint, **unpaced, **shared, **settings)

    with ThreadPoolExecutor(runs) as pool:
        return list(pool.map(run, range(runs)))


def _efficiency(reports: list[dict[str, Any]]) -> float:
    """Return accepted events per CPU second of the senders."""
    acked = sum(report["totals"]["acked"] for report in reports)
    cpu_seconds = sum(report["sender"]["cpu_seconds"] for report in reports)
    return float(acked / cpu_seconds)
