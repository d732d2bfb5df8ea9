"""Real processes for integration tests: the receiver, rotel, the OpenTelemetry Collector.

Each is a context manager that starts one process on free loopback ports, waits until it answers
(with a deadline, never a sleep for luck), ends only that process, and shows its output when the
test fails.
"""

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

READY_SECONDS = 30.0
STOP_SECONDS = 20.0
# Longer than the collectors keep a batch open.
IDLE_SECONDS = 0.5
# rotel drops data ("Too many batch items split") when a request exceeds its batch size.
ROTEL_BATCH = 10_000
# Where rotel divides a ResourceLogs, the rest of its records comes without a resource, and so
# is rightly foreign to the ledger. Streams without their resource would be as lost among metrics.
ROTEL_UNDIVIDED = 1_000_000

_POLL_SECONDS = 0.02
_BUILD_SCRIPT = Path(__file__).parent / "collector" / "build"


@dataclass(frozen=True, slots=True)
class Running:
    """A process that a test started, and the file that collects its output."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def output(self) -> str:
        """Return what the process has written to stdout and stderr so far."""
        return self.log.read_text(errors="replace")

    def wait_until(self, what: str, condition: Callable[[], bool]) -> None:
        """Poll until `condition`; fails when the process ends first or READY_SECONDS pass."""
        deadline = time.monotonic() + READY_SECONDS
        while not condition():
            code = self.process.poll()
            assert code is None, f"{self.name} ended with code {code} before {what}"
            assert time.monotonic() < deadline, f"{self.name}: no {what} in {READY_SECONDS:.0f} s"
            time.sleep(_POLL_SECONDS)

    def cpu_ticks(self) -> int:
        """Return the processor time used so far, in ticks of the kernel's clock (10 ms)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait for the end and return the exit code; safe twice."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


def wait_until_idle(*started: Running) -> None:
    """Wait until none of the processes has used the processor for IDLE_SECONDS.

    A collector acknowledges what it has only queued, and some (rotel) cut off the queue when they
    are stopped. So let the collector and the receiver behind it come to rest first.
    """
    deadline = time.monotonic() + READY_SECONDS
    used, since = [-1], time.monotonic()
    while time.monotonic() - since < IDLE_SECONDS:
        names = ", ".join(each.name for each in started)
        assert time.monotonic() < deadline, f"{names}: still busy after {READY_SECONDS:.0f} s"
        time.sleep(_POLL_SECONDS)
        now = [each.cpu_ticks() for each in started]
        if now != used:
            used, since = now, time.monotonic()


@contextmanager
def running(
    name: str, command: Sequence[str | Path], log: Path, env: dict[str, str] | None = None
) -> Iterator[Running]:
    """Run `command`; print its output when the block fails, and leave nothing running."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
        )
    started = Running(name, process, log)
    try:
        yield started
    except BaseException:
        print(f"--- output of {name} ---\n{started.output()[-10_000:]}")
        raise
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a loopback port that was free a moment ago, for programs that cannot choose one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def accepts_connections(port: int) -> bool:
    """Tell whether something listens on a loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def sender_command(*arguments: str | Path) -> list[str]:
    """Return the command line of `telemetry-sender` with these arguments, from this environment."""
    return _command("telemetry_sender", arguments)


def generator_command(*arguments: str | Path) -> list[str]:
    """Return the command line of `telemetry-generator`, likewise."""
    return _command("telemetry_generator", arguments)


def _command(package: str, arguments: Sequence[str | Path]) -> list[str]:
    code = f"from {package}.cli import main; main()"
    return [sys.executable, "-c", code, *map(str, arguments)]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A `telemetry-sender receive` process."""

    running: Running
    address: str
    report_file: Path

    @property
    def port(self) -> int:
        """The bound port."""
        return int(self.address.rpartition(":")[2])

    def finish(self, number: signal.Signals = signal.SIGTERM) -> dict[str, Any]:
        """Stop the receiver, check that it ended well, and return its report."""
        code = self.running.stop(number)
        assert code == 0, f"receiver ended with code {code}:\n{self.running.output()}"
        report: dict[str, Any] = json.loads(self.report_file.read_text())
        return report


@contextmanager
def receiver(directory: Path, *options: str | Path) -> Iterator[Receiver]:
    """Run the receiver on a free port; `directory` takes its report and output."""
    report = directory / "receiver.json"
    command = sender_command("receive", "--grpc", "127.0.0.1:0", "--report", report, *options)
    with running("receiver", command, directory / "receiver.log") as started:
        started.wait_until("the bound address", lambda: _listening_lines(started) != [])
        yield Receiver(started, _listening_lines(started)[0], report)


def _listening_lines(started: Running) -> list[str]:
    whole = started.output().split("\n")[:-1]
    return [line.split()[-1] for line in whole if line.startswith("listening on ")]


def rotel_binary() -> Path:
    """Return the agent inside the `rotel` wheel."""
    spec = importlib.util.find_spec("rotel")
    assert spec is not None, "rotel is not installed; pip install -e '.[dev]'"
    assert spec.origin is not None
    return Path(spec.origin).parent / "rotel-agent"


@contextmanager
def rotel(directory: Path, exporter_address: str | None = None) -> Iterator[tuple[Running, str]]:
    """Run rotel; yield it and its OTLP/gRPC address.

    It exports to `exporter_address`, or into nothing. It batches anew, so that requests leave it
    cut differently from how they came.
    """
    grpc_port, http_port = free_port(), free_port()
    command: list[str | Path] = [
        *(rotel_binary(), "start"),
        *("--otlp-grpc-endpoint", f"127.0.0.1:{grpc_port}"),
        *("--otlp-http-endpoint", f"127.0.0.1:{http_port}"),
        *("--otlp-grpc-max-recv-msg-size-mib", "64"),
        *("--pid-file", directory / "rotel.pid", "--log-file", directory / "rotel-agent.log"),
        *("--batch-max-size", str(ROTEL_BATCH), "--batch-timeout", "100ms"),
        *(f"--{signal}-batch-max-size={ROTEL_UNDIVIDED}" for signal in ("metrics", "logs")),
        *_rotel_exporter(exporter_address),
    ]
    with running("rotel", command, directory / "rotel.log") as started:
        started.wait_until("an open port", lambda: accepts_connections(grpc_port))
        yield started, f"127.0.0.1:{grpc_port}"


def _rotel_exporter(address: str | None) -> list[str]:
    if address is None:
        return ["--exporter", "blackhole"]
    return [
        *("--exporter", "otlp", "--otlp-exporter-endpoint", f"http://{address}"),
        *("--otlp-exporter-compression", "none"),
    ]


def find_otelcol() -> Path | None:
    """Return the Collector: $STAMPEDE_OTELCOL, the one built by collector/build, or from PATH."""
    named = os.environ.get("STAMPEDE_OTELCOL")
    if named:
        assert Path(named).is_file(), f"STAMPEDE_OTELCOL={named} is no file"
        return Path(named)
    built = subprocess.run([_BUILD_SCRIPT, "--print"], check=True, capture_output=True, text=True)
    if Path(built.stdout.strip()).is_file():
        return Path(built.stdout.strip())
    found = shutil.which("otelcol")
    return Path(found) if found else None


@contextmanager
def otelcol(
    binary: Path,
    directory: Path,
    exporter_address: str | None = None,
    protocol: Literal["grpc", "http"] = "grpc",
    *,
    port: int | None = None,
) -> Iterator[tuple[Running, str]]:
    """Run the Collector, profiles included; yield it and the address where it takes OTLP.

    It exports to `exporter_address`, or into nothing. It listens on `port`, or on a free one.
    """
    port = free_port() if port is None else port
    config = directory / "otelcol.json"
    config.write_text(json.dumps(_otelcol_config(protocol, port, exporter_address)))
    gate = "--feature-gates=service.profilesSupport"
    command: list[str | Path] = [binary, "--config", config, gate]
    with running("otelcol", command, directory / "otelcol.log") as started:
        started.wait_until("an open port", lambda: accepts_connections(port))
        yield started, f"127.0.0.1:{port}"


def _otelcol_config(protocol: str, port: int, exporter_address: str | None) -> dict[str, Any]:
    exporter = "otlp" if exporter_address else "nop"
    pipeline = {"receivers": ["otlp"], "exporters": [exporter]}
    limits = {"grpc": {"max_recv_msg_size_mib": 64}, "http": {"max_request_body_size": 64 << 20}}
    server = {"endpoint": f"127.0.0.1:{port}"} | limits[protocol]
    settings = {"endpoint": exporter_address, "tls": {"insecure": True}, "compression": "none"}
    return {
        "receivers": {"otlp": {"protocols": {protocol: server}}},
        "exporters": {exporter: settings if exporter_address else {}},
        "service": {
            "pipelines": dict.fromkeys(("traces", "metrics", "logs", "profiles"), pipeline),
            # Its own metrics would listen on a fixed port.
            "telemetry": {"metrics": {"level": "none"}},
        },
    }
