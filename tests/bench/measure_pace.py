"""How exactly the sender keeps a rate: requested against delivered events over ten seconds."""

import tempfile
from pathlib import Path

from bench.sender_process import send
from bench.sets import BenchSets
from integration.processes import receiver
from telemetry_common.signals import Signal

_RATES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "500k": 500_000}
_SECONDS = 10.0


def measure_pace(sets: BenchSets) -> dict[str, float]:
    """Return |delivered / (rate x 10 s) - 1| for each rate; what came late counts as missing."""
    with tempfile.TemporaryDirectory() as folder, receiver(Path(folder), "--discard") as peer:
        return {
            f"pace.{name}.error": _error(sets, peer.address, rate) for name, rate in _RATES.items()
        }


def _error(sets: BenchSets, address: str, rate: int) -> float:
    report = send(
        sets.medium(Signal.TRACES),
        address,
        sending__rate_limit__events_per_second=rate,
        sending__concurrency=4,
        sending__duration=_SECONDS,
    )
    elapsed = max(report["run"]["duration_seconds"], _SECONDS)
    acked: int = report["totals"]["acked"]
    return float(abs(acked / (rate * elapsed) - 1))
