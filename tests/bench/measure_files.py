"""How fast blocks become files and tables, against the plain ways: `json.dumps`, `from_pylist`."""

import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa

from bench.sender_process import send
from bench.sets import BenchSets
from bench.stamping import cut_template, open_stamper
from discarded_files import DiscardedFile
from telemetry_common.planning.cut import Block
from telemetry_common.signals import Signal
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.files import FileSink
from telemetry_sender.sinks.registry import SinkSetting, find_sink
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.encoding import EncodingStamper, make_encoder
from telemetry_sender.tables import Tables

_EVENTS = 2000
_BLOCKS = 20
_ROUNDS = 7
_ROUND_SECONDS = 0.4
_NOUNS = {Signal.TRACES: "spans", Signal.METRICS: "points", Signal.LOGS: "records"}
_TABLE_ROWS = 1_000_000
_LARGE_BYTES = 10 << 30


@dataclass(frozen=True, slots=True)
class _Kind:
    sink: str
    signal: Signal
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        told = "".join(f"_{value}" for value in self.options.values())
        return f"files.{self.sink}{told}.{_NOUNS[self.signal]}"


_GZIP = {"compression": "gzip"}
_KINDS = (
    *(_Kind("ndjson", signal) for signal in _NOUNS),
    _Kind("ndjson", Signal.TRACES, _GZIP),
    _Kind("ndjson", Signal.TRACES, {"compression": "zstd"}),
    *(_Kind("ndjson", Signal.TRACES, {"dialect": each}) for each in ("triage", "melt", "telegen")),
    _Kind("otlp_json", Signal.TRACES),
    _Kind("otlp_json", Signal.TRACES, _GZIP),
    _Kind("otlp_protobuf", Signal.TRACES),
    _Kind("influx", Signal.METRICS),
    _Kind("influx", Signal.METRICS, _GZIP),
    _Kind("csv", Signal.TRACES),
    _Kind("leb128", Signal.TRACES),
    _Kind("bitpacked", Signal.TRACES),
    *(_Kind("parquet", signal) for signal in _NOUNS),
    _Kind("arrow", Signal.TRACES),
)


def measure_files(sets: BenchSets) -> dict[str, float]:
    """Measure every kind of file on one core, into files that keep nothing."""
    # First: the kernel counts what the parent holds as the child's, until the child holds more.
    figures = _large(sets)
    for kind in _KINDS:
        with tempfile.TemporaryDirectory() as folder:
            figures[f"{kind.name}_per_second"] = _written(kind, sets, Path(folder))
    for signal, noun in _NOUNS.items():
        records = _records(sets, signal)
        figures[f"files.json_dumps.{noun}_per_second"] = _rate(partial(_dumped, records))
        figures[f"tables.from_pylist.{noun}_per_second"] = _rate(partial(_listed, records))
    return figures | _tables(sets)


def _written(kind: _Kind, sets: BenchSets, folder: Path) -> float:
    """Return the events per second of a sink, from stamping to writing, in later passes."""
    template, stamper = open_stamper(sets.medium(Signal.TRACES, kind.signal), kind.signal)
    blocks = cut_template(template, _EVENTS)[:_BLOCKS]
    sink = _sink(kind, folder / "out")
    encoder = make_encoder(sink.encoding, template)
    encoding = stamper if encoder is None else EncodingStamper(stamper, encoder)
    passes = count()

    def step() -> int:
        return runner.run(_pass(sink, kind.signal, encoding, blocks, next(passes)))

    with asyncio.Runner() as runner:
        runner.run(sink.open())
        step()
        rate = _rate(step)
        runner.run(sink.close())
    return rate


def _sink(kind: _Kind, directory: Path) -> Sink:
    config = SenderConfig.model_validate(
        {"input": {str(kind.signal): "t.pb"}, "sinks": "discard",
         "sending": {"rate_limit": {"events_per_second": 0}}}
    )  # fmt: skip
    options = {**kind.options, "directory": str(directory)}
    sink = find_sink(kind.sink)(SinkSetting(config, {}, (kind.signal,), options))
    if isinstance(sink, FileSink):
        sink.open_file = DiscardedFile
    return sink


async def _pass(
    sink: Sink, signal: Signal, stamper: BlockStamper, blocks: Sequence[Block], number: int
) -> int:
    for block in blocks:
        payload = stamper.stamp(block, number, time.time_ns())
        assert (await sink.write(signal, payload)).ok
    return sum(block.events for block in blocks)


def _records(sets: BenchSets, signal: Signal) -> list[dict[str, Any]]:
    """Return some events as the plain ways would have them: dictionaries."""
    kind = _Kind("ndjson", signal)
    template, stamper = open_stamper(sets.medium(Signal.TRACES, signal), signal)
    encoder = make_encoder(_sink(kind, Path("unused")).encoding, template)
    assert encoder is not None
    block = cut_template(template, _EVENTS)[0]
    batch = EncodingStamper(stamper, encoder).stamp(block, 0, time.time_ns())
    return [json.loads(line) for records in batch for line in records.data.splitlines()]


def _dumped(records: list[dict[str, Any]]) -> int:
    for record in records:
        json.dumps(record, ensure_ascii=False).encode()
    return len(records)


def _listed(records: list[dict[str, Any]]) -> int:
    flat = [{k: v for k, v in each.items() if not isinstance(v, dict | list)} for each in records]
    return int(pa.Table.from_pylist(flat).num_rows)


def _tables(sets: BenchSets) -> dict[str, float]:
    """Return the rows per second of the Python API, from the second table of a set on."""
    figures: dict[str, float] = {}
    for signal, noun in (*list(_NOUNS.items())[:2], (Signal.LOGS, "logs")):
        files = sets.medium(Signal.TRACES, signal)
        tables = Tables({str(name): path for name, path in files.items()})
        make: Callable[..., pa.Table] = getattr(tables, noun)
        start = time.perf_counter()
        make(passes=1)
        figures[f"tables.{noun}_decoded_seconds"] = time.perf_counter() - start
        figures[f"tables.{noun}_per_second"] = _rate(partial(_made, make))
    return figures


def _made(make: Callable[..., pa.Table]) -> int:
    return int(make(rows=_TABLE_ROWS).num_rows)


def _large(sets: BenchSets) -> dict[str, float]:
    """Write a large file: how close it comes to its size, and how much memory that takes."""
    files = sets.medium(Signal.TRACES)
    with tempfile.TemporaryDirectory() as folder:
        sinks = json.dumps([{"name": "ndjson", "options": {"directory": f"{folder}/out"}}])
        report = send(files, "127.0.0.1:1", sinks=sinks, sending__size=_LARGE_BYTES)
    (account,) = report["sinks"]
    template = files[Signal.TRACES].stat().st_size
    return {
        "files.large.bytes": account["bytes"],
        "files.large.size_error": account["bytes"] / _LARGE_BYTES - 1,
        "files.large.rss_over_template_bytes": report["sender"]["max_rss_bytes"] - template,
        "files.large.events_per_second": report["rate"]["achieved_events_per_second"],
    }


def _rate(step: Callable[[], int]) -> float:
    """Return the events per second of a step, the median of some rounds."""
    rates = []
    for _ in range(_ROUNDS):
        start, events = time.perf_counter(), 0
        while time.perf_counter() - start < _ROUND_SECONDS:
            events += step()
        rates.append(events / (time.perf_counter() - start))
    return median(rates)
