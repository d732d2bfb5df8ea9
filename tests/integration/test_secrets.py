"""A key from the environment stays there, whatever goes wrong and wherever a run is looked at."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from integration.processes import running, sender_command
from project_files import ROOT

SECRET = "s3cr3t-0123456789-key"


class Echo(BaseHTTPRequestHandler):
    """Refuses every request with a message that repeats its headers, as some gateways do."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        message = f"unknown key {self.headers['x-api-key']} in {self.headers['authorization']}"
        body = json.dumps({"code": 7, "message": message})
        self.send_response(403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay silent."""


@contextmanager
def echoing() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_secret_header_appears_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: str
) -> None:
    """Not in output, report or page, nor in what `ps` shows of the sender and its children."""
    monkeypatch.setenv("RIG_KEY", SECRET)
    report, page = tmp_path / "run.json", tmp_path / "run.html"
    config = tmp_path / "sender.yaml"
    config.write_text(
        f"""
input: {{traces: {ROOT}/templates/small-traces.pb, logs: {ROOT}/templates/small-logs.pb}}
otlp:
  protocol: http/protobuf
  headers: {{x-api-key: "${{RIG_KEY}}", authorization: "Bearer ${{RIG_KEY}}"}}
sending:
  batch_size: {{traces: 5, logs: 10}}
  duration: 3s
"""
    )
    with echoing() as endpoint:
        command = sender_command(
            *("--config", config, "--set", f"otlp.endpoint={endpoint}"),
            *("--processes", processes, "--report", report, "--html", page),
        )
        with running("sender", command, tmp_path / "output.txt") as sender:
            sender.wait_until("the run", lambda: "sending to" in sender.output())
            seen = _command_lines()
            assert sender.process.wait(timeout=60) == 1
            output = sender.output()
    errors = json.loads(report.read_text())["errors"]
    assert any("unknown key ***" in each["message"] for each in errors)
    for text in (output, report.read_text(), page.read_text(), seen):
        assert "0123456789" not in text
    assert "***" in output


def _command_lines() -> str:
    """Return the arguments of all processes of this user, as `ps` shows them."""
    lines = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if directory.stat().st_uid == os.getuid():
                lines.append((directory / "cmdline").read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue  # it has ended
    return "\n".join(lines)
