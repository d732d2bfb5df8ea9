"""The real sender into a discarding gRPC server, against the same stamped bytes into a raw socket.

The server and the reader are processes of their own on the same cores, as the sender is.
"""

import socket
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.sender_process import send
from bench.sets import BenchSets
from bench.stamping import batch_of, cut_template, endless, open_stamper
from integration.processes import receiver, running
from telemetry_common.signals import Signal

_BATCHES = (100, 500, 1500, 5000)
_MAIN_BATCH = 1500
_SECONDS = 3.0
_ROUNDS = 3
_NAMES = {Signal.TRACES: "span", Signal.METRICS: "point", Signal.LOGS: "record"}


def measure_transport(sets: BenchSets) -> dict[str, float]:
    """Measure spans in batches of several sizes, points and log records in one."""
    figures: dict[str, float] = {}
    for signal, noun in _NAMES.items():
        for events in _BATCHES if signal is Signal.TRACES else (_MAIN_BATCH,):
            figures |= _compared(sets, signal, noun, events)
    return figures


def _compared(sets: BenchSets, signal: Signal, noun: str, events: int) -> dict[str, float]:
    files = sets.medium(signal)
    rounds = [
        (_grpc(files, signal, events), tcp_rate(files, signal, events)) for _ in range(_ROUNDS)
    ]
    name = "grpc" if signal is Signal.TRACES else f"grpc.{signal}"
    tail = f".{events}" if signal is Signal.TRACES else ""
    return {
        f"{name}.{noun}s_per_second{tail}": median(rate for (rate, _), _ in rounds),
        f"{name}.ratio_vs_tcp{tail}": median(rate / tcp for (rate, _), tcp in rounds),
        f"{name}.cpu_ns_per_{noun}{tail}": median(cpu for (_, cpu), _ in rounds),
    }


def _grpc(files: dict[Signal, Path], signal: Signal, events: int) -> tuple[float, float]:
    """Return events per second and the sender's CPU nanoseconds an event."""
    with tempfile.TemporaryDirectory() as folder, receiver(Path(folder), "--discard") as peer:
        report = send(
            files,
            peer.address,
            sending__rate_limit__events_per_second=0,
            sending__concurrency=2,
            sending__duration=_SECONDS,
            **{f"sending__batch_size__{signal}": batch_of(signal, events)},
        )
    acked = report["totals"]["acked"]
    return acked / report["run"]["duration_seconds"], report["sender"]["cpu_seconds"] / acked * 1e9


def tcp_rate(files: dict[Signal, Path], signal: Signal, events: int) -> float:
    """Return events per second of stamping into a blocking socket."""
    template, stamper = open_stamper(files, signal)
    blocks = cut_template(template, events)
    with tempfile.TemporaryDirectory() as folder:
        command: list[str | Path] = [sys.executable, Path(__file__).parent / "tcp_reader.py"]
        with running("reader", command, Path(folder) / "reader.log") as reader:
            reader.wait_until("a port", lambda: reader.output().endswith("\n"))
            port = int(reader.output().rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port)) as connection:
                sent, start = 0, time.perf_counter()
                for block, pass_number in endless(blocks):
                    connection.sendall(stamper.stamp(block, pass_number, time.time_ns()))
                    sent += block.events
                    if (elapsed := time.perf_counter() - start) > _SECONDS:
                        return sent / elapsed
    raise AssertionError("endless blocks ended")
