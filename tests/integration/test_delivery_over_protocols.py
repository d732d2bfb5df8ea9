"""A set arrives whole over every protocol and compression, at the receiver and at the Collector."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from integration.delivery import SEED, generate, send
from integration.processes import find_otelcol, otelcol, sender_command
from receivers import ANY_PORT, ReceiverProcess, receiving
from sinks_at import sink_at
from telemetry_common.manifest import find_manifest, load_manifest
from telemetry_common.signals import Signal

PASSES = 3
WAYS = [
    ("grpc", "gzip"),
    ("http/protobuf", "none"),
    ("http/protobuf", "gzip"),
    ("http/protobuf", "zstd"),
    ("http/json", "none"),
    ("http/json", "gzip"),
]


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("set"))


def settings(protocol: str, compression: str) -> tuple[str, ...]:
    return (
        f"otlp.protocol={protocol}",
        f"otlp.compression={compression}",
        f"sending.multiplier={PASSES}",
        "sending.rate_limit.events_per_second=0",
    )


def assert_all_acked(report: dict[str, Any], templates: Path) -> None:
    files = load_manifest(find_manifest(templates)).files
    for signal, entry in files.items():
        counters = report["signals"][str(signal)]
        assert counters["acked"] == counters["scheduled"] == PASSES * entry.events


def place(peer: ReceiverProcess, protocol: str) -> str:
    return peer.grpc if protocol == "grpc" else peer.http


@pytest.mark.parametrize(("protocol", "compression"), WAYS)
def test_every_event_arrives_once_at_the_receiver(
    templates: Path, tmp_path: Path, protocol: str, compression: str
) -> None:
    known = ("--templates", templates, "--run-seed", str(SEED))
    with receiving(tmp_path, *known, http=ANY_PORT) as peer:
        sent = send(templates, place(peer, protocol), *settings(protocol, compression))
        received = peer.finish()
    report = json.loads(sent.read_text())
    assert_all_acked(report, templates)
    for signal, counters in report["signals"].items():
        assert received["signals"][signal]["events"] == counters["acked"]
    ledger = received["ledger"]
    assert ledger["unique"] == report["signals"]["traces"]["acked"]
    assert (ledger["lost"], ledger["duplicated"], ledger["foreign"]) == (0, 0, 0)


@pytest.mark.collector
@pytest.mark.parametrize(("protocol", "compression"), WAYS)
def test_the_collector_takes_all_of_it(
    templates: Path, tmp_path: Path, protocol: str, compression: str
) -> None:
    binary = find_otelcol()
    if binary is None:
        pytest.skip("no Collector; build it with tests/integration/collector/build")
    kind: Any = "grpc" if protocol == "grpc" else "http"
    with otelcol(binary, tmp_path, protocol=kind) as (_, address):
        sent = send(templates, address, *settings(protocol, compression))
    assert_all_acked(json.loads(sent.read_text()), templates)


@pytest.mark.collector
@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf", "http/json"])
async def test_the_collectors_words_for_a_request_over_its_limit_are_understood(
    tmp_path: Path, protocol: str
) -> None:
    binary = find_otelcol()
    if binary is None:
        pytest.skip("no Collector; build it with tests/integration/collector/build")
    kind: Any = "grpc" if protocol == "grpc" else "http"
    with otelcol(binary, tmp_path, protocol=kind) as (_, address):
        sink = sink_at("otlp", f"http://{address}", protocol=protocol)
        await sink.open()
        delivery = await sink.write(Signal.TRACES, bytes(70 << 20))
        await sink.close()
    assert (delivery.too_large, delivery.retryable) == (True, False)


def test_the_environment_alone_says_where_and_how(templates: Path, tmp_path: Path) -> None:
    """No `otlp` in the configuration; the header's value shows nowhere."""
    files = load_manifest(find_manifest(templates)).files
    inputs = {str(signal): str(templates / entry.path) for signal, entry in files.items()}
    config, report = tmp_path / "s.yaml", tmp_path / "s.json"
    config.write_text(json.dumps({"input": inputs, "sending": {"multiplier": 1}}))
    with receiving(tmp_path, http=ANY_PORT) as peer:
        environ = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": peer.http,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
            "OTEL_EXPORTER_OTLP_HEADERS": "x-key=hunter2",
        }
        command = sender_command(
            "--config", config, "--report", report,
            "--set", "sending.rate_limit.events_per_second=0",
        )  # fmt: skip
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, **environ}
        )
        received = peer.finish()
    for signal, entry in files.items():
        assert received["signals"][str(signal)]["events"] == entry.events
    assert "hunter2" not in done.stdout + done.stderr + report.read_text()
    assert "***" in report.read_text()
