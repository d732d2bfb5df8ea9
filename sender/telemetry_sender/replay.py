"""One replay from the command line: configuration in, summary and report out."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from telemetry_common import __version__
from telemetry_common.documents import check_place, json_text, write_document
from telemetry_common.errors import UsageError
from telemetry_common.interrupts import undisturbed
from telemetry_common.printing import printing
from telemetry_common.versions import installed_versions
from telemetry_sender.config.loading import load_sender_config
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.machine import available_cpus
from telemetry_sender.results.report import Json, build_report
from telemetry_sender.results.report_file import RunReport
from telemetry_sender.results.result import RunResult
from telemetry_sender.results.summary import summary
from telemetry_sender.results.watch.watching import watching
from telemetry_sender.run import run

# The numbers that every reader of JSON keeps exactly.
_SEED_BITS = 53


def replay(
    config_file: Path,
    overrides: Sequence[str],
    *,
    seed: int | None,
    report_file: Path | None = None,
    page_file: Path | None = None,
    metrics: str | None = None,
    as_json: bool = False,
) -> int:
    """Run a replay, print its progress and result, and return the exit code.

    Without a `seed` the run has its own. `page_file` gets the page of the run, and `metrics` is the
    address to serve metrics at. With `as_json`, standard output holds the report alone. Raises
    StampedeError.
    """
    config = load_sender_config(config_file, overrides, os.environ)
    _check_places(report_file, page_file)
    seed = _run_seed(seed, config)

    def progress(line: str) -> None:
        with printing():
            click.echo(line, err=as_json)

    progress(f"run seed: {seed}")
    labels = {"version": __version__, "seed": str(seed)}
    with watching(config, progress, plain=as_json, metrics=metrics, labels=labels) as observe:
        result = run(config, seed=seed, environ=os.environ, out=progress, observe=observe)
    with undisturbed():
        _publish(result, report_file, page_file, as_json=as_json)
    if result.failure:
        click.echo(f"error: {result.failure}", err=True)
    return result.exit_code


def _check_places(report_file: Path | None, page_file: Path | None) -> None:
    """Refuse before the run what cannot be written after it. Raises UsageError."""
    check_place(report_file)
    check_place(page_file, "--html")
    if report_file and page_file and report_file.resolve() == page_file.resolve():
        problem = "the page would take the place of the report"
        raise UsageError(f"--html {page_file}", problem, "choose another file than --report")


def _run_seed(given: int | None, config: SenderConfig) -> int:
    """Return the seed of the run: drawn unless it is given, as all shards of a run need it."""
    if given is None and config.sending.shard is not None:
        problem = "all instances of a run need the same seed"
        raise UsageError(f"sending.shard {config.sending.shard}", problem, "give --run-seed")
    return secrets.randbits(_SEED_BITS) if given is None else given


def _publish(
    result: RunResult, report_file: Path | None, page_file: Path | None, *, as_json: bool
) -> None:
    """Show the result and write report and page; showing costs neither when it fails."""
    report = build_report(result, versions=installed_versions(), cpu_count=available_cpus())
    try:
        with printing():
            _show(result, report, as_json=as_json)
    finally:
        if report_file is not None:
            write_document(json_text(report), report_file)
        if page_file is not None:
            write_document(_page(report), page_file, "--html")


def _page(report: Json) -> str:
    # Few runs want a page, and all would wait for the import.
    from telemetry_sender.results.html.page import page  # noqa: PLC0415

    return page(RunReport.model_validate_json(json_text(report)))


def _show(result: RunResult, report: Json, *, as_json: bool) -> None:
    if as_json:
        click.echo(json_text(report), nl=False)
    else:
        Console(highlight=False).print(summary(result))
