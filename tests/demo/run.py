"""The demonstration behind `make demo`: generate, replay, receive, and prove what arrived.

It runs the commands that a user would type, each as a process of its own, and prints them. It fails
when a command fails, or when what was sent and what was received differ in a single span.
"""

import argparse
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = ("traces", "metrics", "logs")
STOP_SECONDS = 30.0
# Should this process be killed outright, its receiver still ends.
RECEIVER_LIFE = "5m"

_LISTENING = "listening on "


class DemoError(Exception):
    """A step of the demonstration failed; the message says which."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the demonstration and exit: 0 everything arrived, 1 not, 130 interrupted."""
    options = _parser().parse_args(arguments)
    # Python would die of SIGTERM without a word, and leave the receiver running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        demonstrate(options.directory.resolve(), options.duration, options.run_seed)
    except DemoError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, default=ROOT / "build" / "demo")
    parser.add_argument("--duration", default="10s", help="how long to send")
    parser.add_argument("--run-seed", type=int, default=2026, help="seed of the ids")
    return parser


def demonstrate(directory: Path, duration: str, seed: int) -> None:
    """Run all steps in `directory`. Raises DemoError for the first that fails."""
    directory.mkdir(parents=True, exist_ok=True)
    templates = directory / "templates"
    sent, received = directory / "sent.json", directory / "received.json"
    for report in (sent, received):
        report.unlink(missing_ok=True)
    _heading("Generate a template set")
    _run("telemetry-generator", *_generator_options(templates))
    _heading("Receive in another process, and replay as fast as it goes")
    with _receiver(templates, seed, received) as address:
        _run("telemetry-sender", *_sender_options(templates, address, duration, seed, sent))
        _heading("Stop the receiver: what arrived")
    _heading("Compare what was sent with what arrived")
    _run("telemetry-sender", "reconcile", sent, received)


def _generator_options(templates: Path) -> Iterator[str | Path]:
    yield from ("--config", ROOT / "configs" / "generator-small.yaml", "--output-dir", templates)


def _sender_options(
    templates: Path, address: str, duration: str, seed: int, report: Path
) -> Iterator[str | Path]:
    yield from ("--config", ROOT / "configs" / "sender-max.yaml")
    for name in SIGNALS:
        yield from ("--set", f"input.{name}={templates}/telemetry-{name}.pb")
    yield from ("--set", f"otlp.endpoint={address}", "--set", f"sending.duration={duration}")
    yield from ("--run-seed", str(seed), "--report", report)


@contextmanager
def _receiver(templates: Path, seed: int, report: Path) -> Iterator[str]:
    """Run a receiver and yield its address; at the end it stops in good order and says what came.

    Raises DemoError when it does not start, or does not end well.
    """
    command = _command(
        "telemetry-sender",
        *("receive", "--grpc", "127.0.0.1:0", "--duration", RECEIVER_LIFE),
        *("--templates", templates, "--run-seed", str(seed), "--report", report),
    )
    # A session of its own, so that Ctrl-C ends the sender first.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield _bound_address(process)
            _finish(process)
        finally:
            if process.poll() is None:
                process.kill()


def _bound_address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    print(line, flush=True)
    if not line.startswith(_LISTENING):
        raise DemoError("the receiver did not start")
    return line.removeprefix(_LISTENING)


def _finish(process: "subprocess.Popen[str]") -> None:
    """Stop the receiver as a user would, and print its summary."""
    process.terminate()
    try:
        summary, _ = process.communicate(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        raise DemoError(f"the receiver did not end within {STOP_SECONDS:.0f} s") from None
    print(summary, end="", flush=True)
    if process.returncode:
        raise DemoError(f"the receiver ended with code {process.returncode}")


def _run(name: str, *options: str | Path) -> None:
    code = subprocess.run(_command(name, *options), check=False).returncode
    if code:
        raise DemoError(f"{name} ended with code {code}")


def _command(name: str, *options: str | Path) -> list[str]:
    """Return the command line of a script of this environment, and show it to the user."""
    command = [str(Path(sys.executable).with_name(name)), *map(str, options)]
    print(f"$ {shlex.join(command)}", flush=True)
    return command


def _heading(text: str) -> None:
    print(f"\n== {text}", flush=True)


if __name__ == "__main__":
    main()
