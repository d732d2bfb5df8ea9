"""Resident memory of a sender while it replays a set of at least 500 MB."""

import tempfile
from pathlib import Path

from bench.sender_process import send
from bench.sets import BenchSets
from integration.processes import receiver
from telemetry_common.signals import Signal

_LEAST_BYTES = 500_000_000
_SECONDS = 8.0


def measure_memory(sets: BenchSets) -> dict[str, float]:
    """Return the sender's largest resident memory beyond the mapped template, by workers."""
    files = sets.large()
    template = files[Signal.TRACES].stat().st_size
    assert template >= _LEAST_BYTES, f"the large set has only {template:,} bytes"
    with tempfile.TemporaryDirectory() as folder, receiver(Path(folder), "--discard") as peer:
        _resident(files, peer.address, 2)  # makes the plan cache
        two, ten = (_resident(files, peer.address, workers) for workers in (2, 10))
    return {
        "memory.template_bytes": template,
        "memory.sender_rss_over_template_bytes": two - template,
        "memory.sender_rss_over_template_bytes_10_workers": ten - template,
    }


def _resident(files: dict[Signal, Path], address: str, workers: int) -> float:
    report = send(
        files,
        address,
        sending__rate_limit__events_per_second=0,
        sending__concurrency=workers,
        sending__duration=_SECONDS,
    )
    return float(report["sender"]["max_rss_bytes"])
