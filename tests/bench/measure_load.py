"""How long it takes to open a set of 150,000 spans, with and without its plan cache."""

import time
from pathlib import Path
from statistics import median

from bench.sets import BenchSets
from telemetry_common.planning.plan_cache import cache_path
from telemetry_common.signals import Signal
from telemetry_common.template import open_templates

_ROUNDS = 5


def measure_load(sets: BenchSets) -> dict[str, float]:
    """Open the traces of the medium set cold and cached, in turns."""
    files = sets.medium(Signal.TRACES)
    cold: list[float] = []
    cached: list[float] = []
    for _ in range(_ROUNDS):
        cache_path(files[Signal.TRACES]).unlink(missing_ok=True)
        cold.append(_seconds(files, was_cached=False))
        cached.append(_seconds(files, was_cached=True))
    return {"load.seconds_cold": median(cold), "load.seconds_cached": median(cached)}


def _seconds(files: dict[Signal, Path], *, was_cached: bool) -> float:
    start = time.perf_counter()
    template = open_templates(files)[Signal.TRACES]
    seconds = time.perf_counter() - start
    assert template.was_cached is was_cached
    return seconds
