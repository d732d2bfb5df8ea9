"""The real sender into a discarding HTTP server, against the same stamped bytes in a raw socket.

Compressed bodies and JSON are measured beside plain protobuf, in the same rounds. JSON has a
smaller set, or the rendering of the first pass would be most of what is measured.
"""

import tempfile
from pathlib import Path
from statistics import median

from bench.measure_transport import tcp_rate
from bench.sender_process import send
from bench.sets import BenchSets
from bench.stamping import batch_of
from receivers import ANY_PORT, receiving
from telemetry_common.signals import Signal

_SPANS = 1500
_SECONDS = 3.0
_ROUNDS = 3
_WAYS = {
    "protobuf": ("http/protobuf", "none"),
    "protobuf_gzip": ("http/protobuf", "gzip"),
    "protobuf_zstd": ("http/protobuf", "zstd"),
    "json": ("http/json", "none"),
    "json_gzip": ("http/json", "gzip"),
}


def measure_http(sets: BenchSets) -> dict[str, float]:
    """Measure spans in one batch size over every form of OTLP/HTTP."""
    files, small = sets.medium(Signal.TRACES), sets.small()
    figures: dict[str, list[float]] = {}
    for _ in range(_ROUNDS):
        tcp = tcp_rate(files, Signal.TRACES, _SPANS)
        for name, (protocol, compression) in _WAYS.items():
            of_way = small if name.startswith("json") else files
            rate, cpu = _rate(of_way, protocol, compression)
            figures.setdefault(f"http.{name}.spans_per_second", []).append(rate)
            figures.setdefault(f"http.{name}.ratio_vs_tcp", []).append(rate / tcp)
            figures.setdefault(f"http.{name}.cpu_ns_per_span", []).append(cpu)
    return {name: median(values) for name, values in figures.items()}


def _rate(files: dict[Signal, Path], protocol: str, compression: str) -> tuple[float, float]:
    """Return spans per second and the sender's CPU nanoseconds a span."""
    with (
        tempfile.TemporaryDirectory() as folder,
        receiving(Path(folder), "--discard", grpc=None, http=ANY_PORT) as peer,
    ):
        report = send(
            files,
            peer.http,
            otlp__protocol=protocol,
            otlp__compression=compression,
            sending__rate_limit__events_per_second=0,
            sending__concurrency=2,
            sending__duration=_SECONDS,
            sending__batch_size__traces=batch_of(Signal.TRACES, _SPANS),
        )
    acked = report["totals"]["acked"]
    return acked / report["run"]["duration_seconds"], report["sender"]["cpu_seconds"] / acked * 1e9
