"""The command `telemetry-sender receive`."""

from pathlib import Path

import click
from rich.console import Console

from telemetry_common.documents import check_place, json_text, write_document
from telemetry_common.errors import UsageError
from telemetry_common.interrupts import undisturbed
from telemetry_common.options import parsed
from telemetry_common.printing import printing
from telemetry_common.units import parse_duration, parse_size
from telemetry_sender.receiver.address import Address, http_url, parse_address
from telemetry_sender.receiver.faults.options import load_misbehaviour
from telemetry_sender.receiver.faults.plan import FaultPlan
from telemetry_sender.receiver.intake_options import IntakeOptions, build_intake
from telemetry_sender.receiver.reception import Reception
from telemetry_sender.receiver.report import build_report
from telemetry_sender.receiver.server.tls import load_tls
from telemetry_sender.receiver.session import Bound, Listeners, listen
from telemetry_sender.receiver.summary import summary

MAX_MESSAGE_BYTES = (1 << 31) - 1
"""gRPC keeps message sizes in 32 bits."""

DEFAULT_GRPC = "127.0.0.1:4317"
DEFAULT_HTTP = "127.0.0.1:4318"

_PEM = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--grpc",
    metavar="HOST:PORT",
    help="Take OTLP/gRPC there, or at unix:PATH; port 0 takes a free one and prints it.",
)
@click.option(
    "--http",
    metavar="HOST:PORT",
    help="Take OTLP/HTTP there, likewise. Without either, both listen on 127.0.0.1:4317 and :4318.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the receiver's report as JSON (docs/receiver.md).",
)
@click.option(
    "--templates",
    type=click.Path(file_okay=False, path_type=Path),
    help="Template set of the run: tells lost, duplicated and foreign events apart.",
)
@click.option("--run-seed", type=click.IntRange(min=0), help="Seed of the run, with --templates.")
@click.option(
    "--max-age",
    metavar="DURATION",
    help="Count events that are older than this when they arrive, or 10 s in the future.",
)
@click.option(
    "--log-sequence",
    metavar="ATTRIBUTE",
    help="Attribute by which the log records of a resource number themselves.",
)
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
    help="Largest request to accept, unpacked; larger ones get RESOURCE_EXHAUSTED or 413.",
)
@click.option("--tls-cert", type=_PEM, help="Speak TLS: the server's certificate, PEM.")
@click.option("--tls-key", type=_PEM, help="The private key of the certificate, PEM.")
@click.option(
    "--client-ca",
    type=_PEM,
    help="Serve only clients with a certificate of these authorities (mTLS), PEM.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="SPEC",
    help="Misbehave, for example unavailable,retry-after=2s,probability=0.1. Repeatable.",
)
@click.option(
    "--faults",
    "faults_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Misbehave as a YAML file says.",
)
@click.option(
    "--fault-seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Which requests the faults by probability strike.",
)
@click.option(
    "--capacity",
    metavar="SPEC",
    help="Do so much and no more, for example 50000/s,mode=refuse.",
)
def receive(
    grpc: str | None,
    http: str | None,
    report: Path | None,
    templates: Path | None,
    run_seed: int | None,
    max_age: str | None,
    log_sequence: str | None,
    duration: str,
    discard: bool,
    max_message_size: str,
    tls_cert: Path | None,
    tls_key: Path | None,
    client_ca: Path | None,
    faults: tuple[str, ...],
    faults_file: Path | None,
    fault_seed: int,
    capacity: str | None,
) -> int:
    """Receive OTLP over gRPC and HTTP, and check and count what arrives.

    Decodes every request with the real protobuf classes. With the templates and the seed of a
    run, says exactly what was lost, duplicated or foreign. Misbehaves on request.
    """
    places = _places(grpc, http)
    duration_seconds = parsed("--duration", duration, parse_duration)
    max_message_bytes = _message_size(max_message_size)
    check_place(report)
    tls = load_tls(tls_cert, tls_key, client_ca)
    misbehaviour = load_misbehaviour(faults_file, faults, capacity)
    intake = build_intake(
        IntakeOptions(templates, run_seed, max_age, log_sequence, discard=discard)
    )
    session = listen(
        Reception(intake, FaultPlan(misbehaviour.faults, fault_seed), misbehaviour.limit),
        Listeners(*places, max_message_bytes, tls, decode=not discard),
        duration_seconds=duration_seconds,
        announce=lambda bound: _announce(bound, secure=tls is not None),
    )
    with undisturbed():
        _publish(build_report(session, intake), report)
    return 0


def _announce(bound: Bound, *, secure: bool) -> None:
    with printing():
        if bound.grpc is not None:
            click.echo(f"listening on {bound.grpc}")
        if bound.http is not None:
            click.echo(f"listening on {http_url(bound.http, secure=secure)}")


def _places(grpc: str | None, http: str | None) -> tuple[Address | None, Address | None]:
    """Return where to listen for either protocol: what is named, or both without any."""
    if grpc is None and http is None:
        grpc, http = DEFAULT_GRPC, DEFAULT_HTTP
    return (
        None if grpc is None else parse_address("--grpc", grpc),
        None if http is None else parse_address("--http", http),
    )


def _message_size(text: str) -> int:
    size = parsed("--max-message-size", text, parse_size)
    if not 0 < size <= MAX_MESSAGE_BYTES:
        problem = f"{text!r} is not between 1 byte and 2 GB"
        raise UsageError("--max-message-size", problem, "correct the value")
    return size


def _publish(report: dict[str, object], file: Path | None) -> None:
    """Show the summary and write the report; neither costs the other when it fails."""
    try:
        with printing():
            Console(highlight=False).print(summary(report))
    finally:
        if file is not None:
            write_document(json_text(report), file)
