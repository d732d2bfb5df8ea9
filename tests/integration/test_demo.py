"""`make demo` ends well, fails when it should, and leaves nothing running."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo import run as demo

SCRIPT = Path(demo.__file__)
DEMO_SECONDS = 60


@contextmanager
def _demo(*options: str | Path) -> Iterator["subprocess.Popen[str]"]:
    """Run the demonstration; end it when the block fails."""
    with subprocess.Popen(
        [sys.executable, SCRIPT, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _finished(process: "subprocess.Popen[str]") -> str:
    """Return what the demonstration printed, when all processes that write to it have ended."""
    return process.communicate(timeout=DEMO_SECONDS)[0]


def test_everything_sent_arrives_once(tmp_path: Path) -> None:
    with _demo("--directory", tmp_path, "--duration", "1s") as process:
        output = _finished(process)
    assert process.returncode == 0, output
    nouns = ("spans", "points", "records")
    verdict = "".join(f"{noun}: lost 0, duplicated 0, foreign 0\n" for noun in nouns)
    assert output.rstrip().endswith(f"{verdict}reconciled")
    assert json.loads((tmp_path / "sent.json").read_text())["totals"]["acked"] > 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_no_receiver_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    with _demo("--directory", tmp_path, "--duration", "60s") as process:
        assert process.stdout is not None
        lines = (line for line in process.stdout if line.startswith("listening on"))
        address = next(lines).split()[-1]
        process.send_signal(number)
        _finished(process)
    assert process.returncode == 128 + number
    assert _refuses(address)


def _refuses(address: str) -> bool:
    code = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 5)"
    done = subprocess.run(
        [sys.executable, "-c", code, *address.split(":")], stderr=subprocess.DEVNULL, check=False
    )
    return done.returncode != 0


def test_a_duration_that_the_sender_refuses_fails_the_demo(tmp_path: Path) -> None:
    with _demo("--directory", tmp_path, "--duration", "soon") as process:
        output = _finished(process)
    assert process.returncode == 1
    assert "error: telemetry-sender ended with code 2" in output


def test_a_lost_span_fails_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The receiver's report is made to miss one span before the two are compared."""
    finish = demo._finish

    def finish_and_lose(process: "subprocess.Popen[str]") -> None:
        finish(process)
        file = tmp_path / "received.json"
        report = json.loads(file.read_text())
        report["ledger"]["unique"] -= 1
        file.write_text(json.dumps(report))

    monkeypatch.setattr(demo, "_finish", finish_and_lose)
    with pytest.raises(demo.DemoError, match="telemetry-sender ended with code 1"):
        demo.demonstrate(tmp_path, "1s", 5)
