"""How fast blocks are stamped, against the naive way on the same batch in the same run."""

import time
from collections.abc import Callable
from itertools import count
from statistics import median

from bench.naive import NAIVE
from bench.sets import BenchSets
from bench.stamping import cut_template, open_stamper
from telemetry_common.signals import Signal

_EVENTS = 1500
_ROUNDS = 7
_ROUND_SECONDS = 0.4
_NAMES = {Signal.TRACES: "spans", Signal.METRICS: "points", Signal.LOGS: "records"}


def measure_stamp(sets: BenchSets) -> dict[str, float]:
    """Measure batches of 1,500 events of each signal."""
    figures: dict[str, float] = {}
    for signal, noun in _NAMES.items():
        prefix = "stamp" if signal is Signal.TRACES else f"stamp.{signal}"
        fast, naive = _rates(sets, signal)
        figures[f"{prefix}.{noun}_per_second"] = median(fast)
        ratios = [a / b for a, b in zip(fast, naive, strict=True)]
        figures[f"{prefix}.ratio_vs_naive"] = median(ratios)
    return figures


def _rates(sets: BenchSets, signal: Signal) -> tuple[list[float], list[float]]:
    """Return events per second of both ways, taking turns."""
    template, stamper = open_stamper(sets.medium(Signal.TRACES, signal), signal)
    block = cut_template(template, _EVENTS)[0]
    passes = count()
    batch = stamper.stamp(block, next(passes), time.time_ns())

    def fast() -> int:
        stamper.stamp(block, next(passes), time.time_ns())
        return block.events

    def naive() -> int:
        NAIVE[signal](batch, time.time_ns())
        return block.events

    rounds = [(_rate(fast), _rate(naive)) for _ in range(_ROUNDS)]
    return [a for a, _ in rounds], [b for _, b in rounds]


def _rate(step: Callable[[], int]) -> float:
    """Return events per second of steps repeated for one round."""
    events, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < _ROUND_SECONDS:
        events += step()
    return events / elapsed
