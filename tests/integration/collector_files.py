"""The OpenTelemetry Collector with files at one of its ends."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from integration.processes import (
    Running,
    accepts_connections,
    free_port,
    running,
    wait_until_idle,
)
from telemetry_common.signals import Signal

_PROFILES = "--feature-gates=service.profilesSupport"
_EXAMPLE = Path(__file__).parents[2] / "configs" / "collector-files.yaml"


def forward_files(
    binary: Path,
    directory: Path,
    files: Mapping[Signal, Collection[Path]],
    receiver: Running,
    address: str,
    **settings: Any,
) -> None:
    """Let the Collector read all files of each signal and send them to the receiver.

    It is configured as our example is; `settings` are more ones of its receiver of files. Its
    output goes to `directory`.
    """
    example = yaml.safe_load(_EXAMPLE.read_text())
    receivers = {
        f"otlp_json_file/{signal}": {
            **_reading(example, signal),
            "include": [str(path) for path in paths],
            "poll_interval": "1s",
            **settings,
        }
        for signal, paths in files.items()
    }
    exporter = {**example["exporters"]["otlp_grpc"], "endpoint": address}
    pipelines = {
        str(signal): {"receivers": [f"otlp_json_file/{signal}"], "exporters": ["otlp_grpc"]}
        for signal in files
    }
    with _collector(binary, directory, receivers, {"otlp_grpc": exporter}, pipelines) as started:
        count = sum(map(len, files.values()))
        started.wait_until(
            f"{count} files being read",
            lambda: started.output().count("Started watching file") == count,
        )
        wait_until_idle(started, receiver)
        assert started.stop() == 0
        assert "\terror\t" not in started.output()


def _reading(example: Any, signal: Signal) -> dict[str, Any]:
    """Return how the example reads a signal; profiles as the documentation says."""
    receivers: dict[str, dict[str, Any]] = example["receivers"]
    if signal is not Signal.PROFILES:
        return receivers[f"otlp_json_file/{signal}"]
    return {**receivers["otlp_json_file/traces"], "fingerprint_size": "512KiB"}


@contextmanager
def writing_files(
    binary: Path, directory: Path, files: Mapping[Signal, Path], **settings: Any
) -> Iterator[tuple[Running, str]]:
    """Run a Collector that writes each signal to a file; yield it and where it takes OTLP/gRPC.

    `settings` are those of its file exporter. The files are whole once it has stopped.
    """
    port = free_port()
    limits = {"endpoint": f"127.0.0.1:{port}", "max_recv_msg_size_mib": 64}
    exporters = {
        f"file/{signal}": {"path": str(path), **settings} for signal, path in files.items()
    }
    pipelines = {
        str(signal): {"receivers": ["otlp"], "exporters": [f"file/{signal}"]} for signal in files
    }
    receivers = {"otlp": {"protocols": {"grpc": limits}}}
    with _collector(binary, directory, receivers, exporters, pipelines) as started:
        started.wait_until("an open port", lambda: accepts_connections(port))
        yield started, f"127.0.0.1:{port}"


@contextmanager
def _collector(
    binary: Path,
    directory: Path,
    receivers: Mapping[str, Any],
    exporters: Mapping[str, Any],
    pipelines: Mapping[str, Any],
) -> Iterator[Running]:
    telemetry = {
        # Its own metrics would listen on a fixed port.
        "metrics": {"level": "none"},
        # It would leave out most of the lines that are much alike.
        "logs": {"sampling": {"enabled": False}},
    }
    service = {"pipelines": pipelines, "telemetry": telemetry}
    config = directory / "otelcol-files.json"
    config.write_text(
        json.dumps({"receivers": receivers, "exporters": exporters, "service": service})
    )
    command: list[str | Path] = [binary, "--config", config, _PROFILES]
    with running("otelcol", command, directory / "otelcol-files.log") as started:
        yield started
