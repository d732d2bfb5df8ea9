"""The OpenTelemetry Collector reads our files, and its file exporter writes the same ones."""

import json
import subprocess
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from integration.collector_files import forward_files, writing_files
from integration.delivery import SEED, generate, reconciled, with_profiles
from integration.processes import find_otelcol, receiver, sender_command
from json_requests import fields_of, read_request
from otlp_clients import DEADLINE_SECONDS, method
from otlp_messages import decompressed, lines, prefixed
from otlp_samples import ROOTS
from receiver_reference import count_samples
from telemetry_common.manifest import find_manifest, load_manifest
from telemetry_common.signals import Signal

pytestmark = pytest.mark.collector

PASSES = 2
SETTINGS = ("traces.count=60", "metrics.metric_count=12", "logs.count=400")


@pytest.fixture(scope="module")
def binary() -> Path:
    found = find_otelcol()
    if found is None:
        pytest.skip("no Collector; build it with tests/integration/collector/build")
    return found


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small set of all four signals."""
    return with_profiles(generate(tmp_path_factory.mktemp("set"), *SETTINGS))


def write_files(
    templates: Path, directory: Path, sink: str, signals: Collection[Signal], **options: Any
) -> tuple[Path, dict[Signal, list[Path]]]:
    """Write some passes of these signals; return the report and the files of each, in order."""
    config, report = directory / "sender.json", directory / "report.json"
    entries = load_manifest(find_manifest(templates)).files
    inputs = {str(signal): str(templates / entries[signal].path) for signal in signals}
    out = {"directory": str(directory / "out"), **options}
    config.write_text(json.dumps({"input": inputs, "sinks": [{"name": sink, "options": out}]}))
    places = ("--config", config, "--report", report, "--run-seed", str(SEED))
    batch = "sending.batch_size={traces: 10, metrics: 100, logs: 100}"
    settings = (f"--set=sending.multiplier={PASSES}", f"--set={batch}")
    command = sender_command(*places, *settings)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    found = {signal: sorted((directory / "out").glob(f"*_{signal}_*")) for signal in signals}
    return report, found


@pytest.mark.parametrize(
    ("signals", "options", "size"),
    [
        (tuple(Signal), {}, "60KB"),
        # Of gzip it compares no more than 32 KiB, which profiles begin with, all alike.
        ((Signal.TRACES, Signal.METRICS, Signal.LOGS), {"compression": "gzip"}, "5KB"),
    ],
    ids=["plain", "gzip"],
)
def test_the_collector_forwards_every_event_of_our_files_once(
    templates: Path,
    tmp_path: Path,
    binary: Path,
    signals: tuple[Signal, ...],
    options: dict[str, str],
    size: str,
) -> None:
    """Of several files each, to a receiver that knows every event by its identity."""
    rolled = {"roll": {"size": size}, "max_line": "60KB", **options}
    report, files = write_files(templates, tmp_path, "otlp_json", signals, **rolled)
    assert all(len(paths) > 1 for paths in files.values())
    with receiver(tmp_path, "--templates", templates, "--run-seed", str(SEED)) as peer:
        forward_files(binary, tmp_path, files, peer.running, peer.address, **options)
        reconciled(report, peer)
    received = json.loads(peer.report_file.read_text())
    entries = load_manifest(find_manifest(templates)).files
    for signal in signals:
        assert received["signals"][signal]["events"] == PASSES * entries[signal].events


Split = Callable[[bytes], Iterator[bytes]]
Read = Callable[[Signal, bytes], Any]


def from_protobuf(signal: Signal, message: bytes) -> Message:
    return ROOTS[signal].FromString(message)


@pytest.mark.parametrize(
    ("sink", "options", "settings", "split", "read"),
    [
        ("otlp_json", {}, {}, lines, read_request),
        (
            "otlp_json",
            {"message_compression": "zstd"},
            {"compression": "zstd"},
            decompressed,
            read_request,
        ),
        ("otlp_protobuf", {}, {"format": "proto"}, prefixed, from_protobuf),
        (
            "otlp_protobuf",
            {"message_compression": "zstd"},
            {"format": "proto", "compression": "zstd"},
            decompressed,
            from_protobuf,
        ),
    ],
    ids=["json", "json zstd", "protobuf", "protobuf zstd"],
)
def test_the_collector_would_have_written_the_same_messages(
    templates: Path,
    tmp_path: Path,
    binary: Path,
    sink: str,
    options: dict[str, str],
    settings: dict[str, str],
    split: Split,
    read: Read,
) -> None:
    """It gets the requests of a file of ours; then both files are read by the same reader."""
    _, ours = write_files(templates, tmp_path, sink, tuple(Signal), **options)
    expected = {
        signal: [read(signal, message) for message in split(paths[0].read_bytes())]
        for signal, paths in ours.items()
    }
    theirs = {signal: tmp_path / f"collector-{signal}" for signal in Signal}
    with writing_files(binary, tmp_path, theirs, **settings) as (collector, address):
        send_all(expected, address)
        assert collector.stop() == 0
    for signal, messages in expected.items():
        found = [read(signal, each) for each in split(theirs[signal].read_bytes())]
        assert len(found) == len(messages) > 1
        if signal is Signal.PROFILES:
            # It moves their attributes into the dictionary.
            assert sum(map(count_samples, found)) == sum(map(count_samples, messages))
            continue
        for one, other in zip(found, messages, strict=True):
            # Of two long texts pytest would take minutes to show the difference.
            is_same = _without_empty(fields_of(one)) == _without_empty(fields_of(other))
            assert is_same


def _without_empty(value: Any) -> Any:
    """Return what a message says without messages that say nothing, which the Collector adds."""
    if isinstance(value, list):
        return [_without_empty(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _without_empty(each) for name, each in value.items() if each != {}}


def send_all(requests: dict[Signal, list[Message]], address: str) -> None:
    """Send requests one after another."""
    with grpc.insecure_channel(address) as channel:
        for signal, messages in requests.items():
            call: Any = channel.unary_unary(method(signal))
            for message in messages:
                call(message.SerializeToString(), timeout=DEADLINE_SECONDS)
