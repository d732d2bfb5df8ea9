"""The command `telemetry-sender receive`."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console

from telemetry_common.errors import RunError, UsageError
from telemetry_common.interrupts import undisturbed
from telemetry_common.printing import printing
from telemetry_common.units import parse_duration, parse_size
from telemetry_sender.receiver.intake import CheckingIntake, DiscardingIntake, Intake
from telemetry_sender.receiver.ledger import Ledger
from telemetry_sender.receiver.report import build_report, write_report
from telemetry_sender.receiver.server import Address
from telemetry_sender.receiver.session import listen
from telemetry_sender.receiver.summary import summary
from telemetry_sender.receiver.template_index import load_template_index
from telemetry_sender.results.report_place import check_report_place

MAX_MESSAGE_BYTES = (1 << 31) - 1
"""gRPC keeps message sizes in 32 bits."""

Value = TypeVar("Value")


@click.command()
@click.option(
    "--grpc",
    "address",
    default="127.0.0.1:4317",
    show_default=True,
    metavar="HOST:PORT",
    help="Where to listen; port 0 takes a free one and prints it.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the receiver's report as JSON (docs/receiver.md).",
)
@click.option(
    "--templates",
    type=click.Path(file_okay=False, path_type=Path),
    help="Template set of the run: tells lost, duplicated and foreign spans apart.",
)
@click.option("--run-seed", type=click.IntRange(min=0), help="Seed of the run, with --templates.")
@click.option(
    "--duration",
    default="0",
    show_default=True,
    help="Stop after this long, for example 30s; 0 waits for Ctrl-C or SIGTERM.",
)
@click.option("--discard", is_flag=True, help="Count requests and bytes only; decode nothing.")
@click.option(
    "--max-message-size",
    default="64MB",
    show_default=True,
    help="Largest request to accept; larger ones get RESOURCE_EXHAUSTED.",
)
def receive(
    address: str,
    report: Path | None,
    templates: Path | None,
    run_seed: int | None,
    duration: str,
    discard: bool,
    max_message_size: str,
) -> int:
    """Receive OTLP over gRPC, and check and count what arrives.

    Decodes every request with the real protobuf classes. With the templates and the seed of a
    run, says exactly which spans were lost, duplicated or foreign.
    """
    place = _address(address)
    duration_seconds = _parsed("--duration", duration, parse_duration)
    max_message_bytes = _message_size(max_message_size)
    check_report_place(report)
    intake = _intake(templates, run_seed, discard=discard)
    session = listen(
        intake,
        place,
        max_message_bytes=max_message_bytes,
        duration_seconds=duration_seconds,
        announce=_announce,
    )
    with undisturbed():
        _publish(build_report(session, intake), report)
    return 0


def _announce(bound: Address) -> None:
    with printing():
        click.echo(f"listening on {bound}")


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 65_535:
        raise UsageError(f"--grpc {text}", "not HOST:PORT", "write for example 127.0.0.1:4317")
    return Address(host, int(port))


def _parsed(option: str, text: str, parse: Callable[[str], Value]) -> Value:
    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(option, str(error), "correct the value") from None


def _message_size(text: str) -> int:
    size = _parsed("--max-message-size", text, parse_size)
    if not 0 < size <= MAX_MESSAGE_BYTES:
        problem = f"{text!r} is not between 1 byte and 2 GB"
        raise UsageError("--max-message-size", problem, "correct the value")
    return size


def _intake(templates: Path | None, run_seed: int | None, *, discard: bool) -> Intake:
    if (templates is None) != (run_seed is None):
        raise UsageError("--templates and --run-seed", "one is missing", "give both or neither")
    if discard and templates:
        problem = "nothing is decoded, so nothing can be compared with templates"
        raise UsageError("--discard", problem, "leave out --templates or --discard")
    if discard:
        return DiscardingIntake()
    if templates is None or run_seed is None:
        return CheckingIntake()
    return CheckingIntake(Ledger(load_template_index(templates), run_seed))


def _publish(report: dict[str, object], file: Path | None) -> None:
    """Show the summary and write the report; neither costs the other when it fails."""
    try:
        with printing():
            Console(highlight=False).print(summary(report))
    finally:
        if file is not None:
            _write(file, report)


def _write(file: Path, report: dict[str, object]) -> None:
    try:
        write_report(file, report)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise RunError(f"--report {file}", problem, "choose another place") from None
