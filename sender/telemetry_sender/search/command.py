"""The command `telemetry-sender search`."""

import os
import secrets
import time
from collections.abc import Callable
from itertools import chain, repeat
from pathlib import Path

import click

from telemetry_common.documents import check_place, json_text, write_document
from telemetry_common.errors import EXIT_FAILED, EXIT_INTERRUPTED, ConfigError, UsageError
from telemetry_common.options import parsed
from telemetry_common.printing import printing
from telemetry_common.units import parse_duration
from telemetry_sender.config.loading import load_sender_config
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.loading import load_templates
from telemetry_sender.rewriting import make_rewrite
from telemetry_sender.run import run_templates
from telemetry_sender.search.report import (
    HEADING,
    Json,
    build_report,
    closing_lines,
    step_line,
)
from telemetry_sender.search.search import SearchResult, search
from telemetry_sender.search.slo import parse_share, parse_slo
from telemetry_sender.search.strategy import Bounds
from telemetry_sender.search.trial import Send, Trial, carry_out

_SEED_BITS = 53

_EPILOG = """
\b
Examples:
  telemetry-sender search --config configs/sender.yaml --slo "response_p99<200ms, loss<0.1%"
  telemetry-sender search --config configs/sender.yaml --slo "response_p999<1s" \\
      --start 50000 --max 2000000 --step 20s --tolerance 1% --report search.json

\b
Exit codes:
  0    a rate was found and confirmed
  1    not even the lowest rate is sustained, or a trial could not begin
  2    the configuration or an option is wrong
  130  it was interrupted: the report holds the steps so far, and no answer
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    required=True,
    help="The sender's YAML file; its rate, shape, duration and multiplier are not used.",
)
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Replace one setting.")
@click.option(
    "--slo",
    default="response_p99<200ms, loss<0.1%",
    show_default=True,
    metavar="CONDITIONS",
    help="What a rate must keep to count as sustained.",
)
@click.option(
    "--start", type=float, default=1000.0, show_default=True, help="First rate, events/s."
)
@click.option("--min", "lowest", type=float, default=100.0, show_default=True, help="Lowest rate.")
@click.option("--max", "highest", type=float, default=1e8, show_default=True, help="Highest rate.")
@click.option(
    "--step", default="10s", show_default=True, metavar="TIME", help="How long a rate is measured."
)
@click.option(
    "--warm-up",
    default="3s",
    show_default=True,
    metavar="TIME",
    help="How long a rate is sent before it is measured.",
)
@click.option(
    "--rest",
    default="1s",
    show_default=True,
    metavar="TIME",
    help="How long the endpoint rests between two rates.",
)
@click.option(
    "--tolerance", default="2%", show_default=True, help="How exact the answer has to be."
)
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every step as JSON (docs/search.md).",
)
@click.option("--run-seed", type=click.IntRange(min=0), help="Seed of ids and jitter.")
@click.option("--json", "as_json", is_flag=True, help="Print the report; lines go to stderr.")
def search_capacity(
    config_file: Path,
    overrides: tuple[str, ...],
    slo: str,
    start: float,
    lowest: float,
    highest: float,
    step: str,
    warm_up: str,
    rest: str,
    tolerance: str,
    report_file: Path | None,
    run_seed: int | None,
    *,
    as_json: bool,
) -> int:
    """Find the highest rate that the endpoint sustains within objectives.

    Rates grow until one is not sustained, then the gap is halved, and the answer is confirmed by
    a longer trial. Every trial is a replay of its own; what limits the rate is named.
    """
    objectives = parsed("--slo", slo, parse_slo)
    bounds = _bounds(start, lowest, highest, parsed("--tolerance", tolerance, parse_share))
    measure = _seconds("--step", step)
    pause = parsed("--rest", rest, parse_duration)
    warm_up_seconds = parsed("--warm-up", warm_up, parse_duration)
    config = load_sender_config(config_file, overrides, os.environ)
    check_place(report_file)
    seed = secrets.randbits(_SEED_BITS) if run_seed is None else run_seed

    def say(line: str) -> None:
        with printing():
            click.echo(line, err=as_json)

    send = _sender(config, seed, say)

    pauses = chain([0.0], repeat(pause))

    def try_rate(rate: float, longer: float) -> Trial:
        time.sleep(next(pauses))
        return carry_out(send, config, rate, warm_up=warm_up_seconds, measure=measure * longer)

    say(HEADING)
    result = search(objectives, bounds, try_rate, lambda each: say(step_line(each)))
    _publish(result, build_report(result, seed), report_file, say, as_json=as_json)
    return _exit_code(result)


def _sender(config: SenderConfig, seed: int, say: Callable[[str], None]) -> Send:
    """Return what sends the set of `config`, which is opened once. Raises ConfigError."""
    if config.input.is_streamed:
        fix = "search with template files that are mapped"
        raise ConfigError("input", "a stream cannot be sent again for every rate", fix)
    templates = load_templates(config.input.files, say, make_rewrite(config, os.environ))
    return lambda changed, observe: run_templates(
        changed, templates, seed=seed, environ=os.environ, out=lambda _: None, observe=observe
    )


def _bounds(start: float, lowest: float, highest: float, tolerance: float) -> Bounds:
    try:
        return Bounds(start, min(lowest, start), highest, tolerance)
    except ValueError as error:
        raise UsageError("--start, --min, --max, --tolerance", str(error), "correct them") from None


def _seconds(option: str, text: str) -> float:
    seconds = parsed(option, text, parse_duration)
    if seconds <= 0:
        raise UsageError(option, "no time at all", "give for example 10s")
    return seconds


def _publish(
    result: SearchResult,
    report: Json,
    file: Path | None,
    say: Callable[[str], None],
    *,
    as_json: bool,
) -> None:
    """Say what was found and write the report; neither costs the other when it fails."""
    text = json_text(report)
    try:
        for line in closing_lines(result):
            say(line)
        if as_json:
            with printing():
                click.echo(text, nl=False)
    finally:
        if file is not None:
            write_document(text, file)


def _exit_code(result: SearchResult) -> int:
    if result.interrupted:
        return EXIT_INTERRUPTED
    return 0 if result.found is not None else EXIT_FAILED
