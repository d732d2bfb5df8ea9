"""`telemetry-sender receive` as a process, for tests of any folder: free ports, and its report.

with receiving(tmp_path, "--discard", http=ANY_PORT) as peer:
    ...  # send to peer.grpc ("127.0.0.1:40321") or peer.http ("http://127.0.0.1:40322")
    report = peer.finish()
"""

import json
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integration.processes import Running, running, sender_command

ANY_PORT = "127.0.0.1:0"

_ANNOUNCED = "listening on "


@dataclass(frozen=True, slots=True)
class ReceiverProcess:
    """A receiver that listens; `running` is its process and what it has printed."""

    running: Running
    report_file: Path

    @property
    def grpc(self) -> str:
        """Where it takes OTLP/gRPC: `HOST:PORT`, or `unix:/path`."""
        return next(each for each in _places(self.running) if not each.startswith("http"))

    @property
    def http(self) -> str:
        """Where it takes OTLP/HTTP, the base of the URLs: `http(s)://HOST:PORT`."""
        return next(each for each in _places(self.running) if each.startswith("http"))

    def finish(self, number: signal.Signals = signal.SIGTERM) -> dict[str, Any]:
        """End it, check that it ended well, and return its report."""
        code = self.running.stop(number)
        assert code == 0, f"the receiver ended with code {code}:\n{self.running.output()}"
        report: dict[str, Any] = json.loads(self.report_file.read_text())
        return report


@contextmanager
def receiving(
    directory: Path,
    *options: str | Path,
    grpc: str | None = ANY_PORT,
    http: str | None = None,
) -> Iterator[ReceiverProcess]:
    """Run a receiver with these options until the block ends; several may share `directory`.

    `grpc` and `http` are where it listens; None leaves a protocol out.
    """
    listeners = [("--grpc", grpc), ("--http", http)]
    wanted = [part for name, place in listeners if place for part in (name, place)]
    own = Path(tempfile.mkdtemp(prefix="receiver-", dir=directory))
    report = own / "report.json"
    command = sender_command("receive", *wanted, "--report", report, *options)
    with running("receiver", command, own / "output.txt") as started:
        started.wait_until("its addresses", lambda: len(_places(started)) == len(wanted) // 2)
        yield ReceiverProcess(started, report)


def _places(started: Running) -> list[str]:
    whole = started.output().split("\n")[:-1]
    return [line.removeprefix(_ANNOUNCED) for line in whole if line.startswith(_ANNOUNCED)]
