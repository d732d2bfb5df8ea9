"""How fast sets are generated, with one process and with one for each CPU, and in how much memory.

The command is measured as a user runs it. Encoding is compared with the protobuf classes, which
the tests fill span by span to say what the bytes have to be.
"""

import os
import shutil
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.sets import BenchSets
from span_reference import reference
from span_samples import sample_table, sample_topology
from telemetry_common.manifest import find_manifest, load_manifest
from telemetry_common.signals import Signal
from telemetry_generator.encode.traces import TraceEncoder

_CONFIG = Path(__file__).parents[2] / "configs" / "generator.yaml"
_COMMAND = str(Path(sys.executable).with_name("telemetry-generator"))
_ROUNDS = 3

_SERIES = "{min: 100, max: 4000, default: 1500}"
_COUNTS = {
    Signal.TRACES: ["metrics=null", "logs=null", "traces.count=100000"],
    Signal.METRICS: ["logs=null", "traces.count=1000", f"metrics.timeseries_per_metric={_SERIES}"],
    Signal.LOGS: ["metrics=null", "logs.count=1000000", "traces.count=10000"],
}  # fmt: skip


def measure_generate(_: BenchSets) -> dict[str, float]:
    """Generate a large set of each signal, then a set of 4 GB; compare encoding with protobuf."""
    figures: dict[str, float] = {}
    for signal, settings in _COUNTS.items():
        for processes in (1, os.cpu_count() or 1):
            rates = [_rate(signal, settings, processes) for _ in range(_ROUNDS)]
            name = f"generate.{signal}.events_per_second.{processes}_processes"
            figures[name] = median(rates)
    figures["generate.spans.encoding_ratio_vs_protobuf"] = _encoding_ratio()
    figures["generate.4gb.largest_process_mb"] = _largest_process()
    return figures


def _rate(signal: Signal, settings: list[str], processes: int) -> float:
    """Return the events a second of one signal, out of the set's manifest and the wall clock."""
    with TemporaryDirectory() as directory:
        start = time.perf_counter()
        _run(directory, *_set(settings), "--processes", str(processes))
        seconds = time.perf_counter() - start
        events = load_manifest(find_manifest(Path(directory))).files[signal].events
    return events / seconds


def _run(directory: str, *options: str) -> float:
    """Run the command; return the largest resident memory of its processes, in bytes."""
    arguments = [_COMMAND, "--config", str(_CONFIG), "--output-dir", directory, *options]
    with Path(os.devnull).open("w") as null:
        actions = [(os.POSIX_SPAWN_DUP2, null.fileno(), stream) for stream in (1, 2)]
        process = os.posix_spawn(_COMMAND, arguments, os.environ, file_actions=actions)
        _, status, usage = os.wait4(process, 0)
    assert status == 0, arguments
    return usage.ru_maxrss * 1024


def _set(settings: list[str]) -> list[str]:
    return [option for setting in settings for option in ("--set", setting)]


def _largest_process() -> float:
    directory = Path(__file__).parents[2] / "build" / "bench" / "4gb"
    try:
        return _run(str(directory), "--size", "4GB") / (1 << 20)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _encoding_ratio() -> float:
    """Return how many times faster columns are encoded than messages, one at a time."""
    topology = sample_topology()
    table = sample_table(topology, 0, 100)
    encoder = TraceEncoder(topology)
    encoder.encode(table)  # renders the fragments
    slow, fast = [], []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        expected = reference(topology, table).SerializeToString(deterministic=True)
        middle = time.perf_counter()
        data, _counts = encoder.encode(table)
        fast.append(time.perf_counter() - middle)
        slow.append(middle - start)
        assert data == expected
    return median(slow) / median(fast)
