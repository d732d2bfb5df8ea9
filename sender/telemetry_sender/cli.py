"""The command `telemetry-sender`: options in, exit code out; only `main` ends the process."""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from telemetry_common import __version__
from telemetry_common.errors import EXIT_FAILED, EXIT_INTERRUPTED, StampedeError
from telemetry_common.interrupts import as_process
from telemetry_common.lazy_group import LazyCommand, LazyGroup
from telemetry_common.printing import occupy_standard_streams

_COMMANDS = {
    "compare": LazyCommand(
        "telemetry_sender.results.compare.command:compare",
        "Compare two reports, with thresholds and an exit code for CI.",
    ),
    "read": LazyCommand(
        "telemetry_sender.reading.command:read", "Print the records of files as lines of JSON."
    ),
    "receive": LazyCommand(
        "telemetry_sender.receiver.cli:receive", "Receive OTLP and check what arrives."
    ),
    "merge": LazyCommand(
        "telemetry_sender.results.merge:merge", "Merge the reports of the shards of one run."
    ),
    "reconcile": LazyCommand(
        "telemetry_sender.results.reconcile:reconcile",
        "Compare a sender's report with a receiver's.",
    ),
    "report": LazyCommand(
        "telemetry_sender.results.page_command:report", "Draw a report as a page with plots."
    ),
    "search": LazyCommand(
        "telemetry_sender.search.command:search_capacity",
        "Find the highest rate that the endpoint sustains.",
    ),
    "shapes": LazyCommand(
        "telemetry_sender.pace.shapes_command:shapes", "List the named load shapes."
    ),
    "sinks": LazyCommand(
        "telemetry_sender.sinks.command:sinks", "List the sinks, and what they can be told."
    ),
}

_EPILOG = """
\b
Examples:
  telemetry-sender --config configs/sender.yaml
  telemetry-sender --config configs/sender.yaml --report run.json \\
      --set sending.multiplier=10 --set sending.rate_limit.events_per_second=0
  telemetry-sender --config configs/sender.yaml --json 2>progress.txt | jq .rate
  telemetry-sender --config configs/sender.yaml --run-seed 1 \\
      --sink ndjson:directory=out,compression=gzip --size 1GB
  telemetry-sender receive --grpc 127.0.0.1:4317

\b
Exit codes:
  0    the run ended, by itself or by Ctrl-C or SIGTERM, and events were accepted
  1    the run failed, events were sent and none was accepted, or a compressed template
       found no room to be unpacked
  2    the configuration, an option or a template file is wrong; nothing was sent
  130  it was interrupted before it began; nothing was sent
"""


@click.group(cls=LazyGroup, lazy=_COMMANDS, invoke_without_command=True, epilog=_EPILOG)
@click.option(
    "--config", "config_file", type=click.Path(path_type=Path), help="YAML file; see configs/."
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Replace one setting, for example sending.duration=30s. Repeatable.",
)
@click.option(
    "--sink",
    "sinks",
    multiple=True,
    metavar="NAME[:KEY=VALUE,…]",
    help="Send there, with these options (telemetry-sender sinks); is sinks. Repeatable.",
)
@click.option(
    "--size",
    metavar="SIZE",
    help="End when so much is written, like 1GB; is sending.size.",
)
@click.option(
    "--shape",
    metavar="NAME",
    help="Send by one of the named load shapes (telemetry-sender shapes); is sending.shape.",
)
@click.option(
    "--processes",
    metavar="N|auto",
    help="Send with so many processes; is sending.processes.",
)
@click.option(
    "--shard",
    metavar="I/N",
    help="Send part I (from 0) of N, which share out the run; is sending.shard.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the run report as JSON (docs/report.md).",
)
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page with plots over time: one file that needs no network.",
)
@click.option(
    "--metrics",
    metavar="HOST:PORT",
    help="Serve the sender's own metrics to Prometheus there (docs/results.md).",
)
@click.option(
    "--run-seed",
    type=click.IntRange(min=0),
    help="Repeat the ids and jitter of another run; without it, every run has its own.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the report on standard output; progress goes to standard error.",
)
@click.version_option(__version__, prog_name="telemetry-sender", message="%(prog)s %(version)s")
@click.pass_context
def cli(
    ctx: click.Context,
    config_file: Path | None,
    overrides: tuple[str, ...],
    sinks: tuple[str, ...],
    size: str | None,
    shape: str | None,
    processes: str | None,
    shard: str | None,
    report: Path | None,
    page: Path | None,
    metrics: str | None,
    run_seed: int | None,
    as_json: bool,
) -> int:
    """Replay OTLP templates with fresh ids and times, to an OTLP endpoint or into files and tables.

    Templates come from telemetry-generator, or from any file of serialized OTLP. Without a
    command, a replay starts; it shows how it goes on, live on a terminal and as a line every 5
    seconds elsewhere, and ends with a summary.
    """
    if ctx.invoked_subcommand is not None:
        return _refuse_options(ctx)
    if config_file is None:
        raise click.UsageError("Missing option '--config'.", ctx)
    # NumPy, pydantic and gRPC would make --help ten times slower.
    from telemetry_sender.config.sink_specs import sinks_override  # noqa: PLC0415
    from telemetry_sender.replay import replay  # noqa: PLC0415

    flags = {"size": size, "shape": shape, "processes": processes, "shard": shard}
    settings = (*overrides, *([sinks_override(sinks)] if sinks else []), *_settings(flags))
    return replay(
        config_file,
        settings,
        seed=run_seed,
        report_file=report,
        page_file=page,
        metrics=metrics,
        as_json=as_json,
    )


def _settings(flags: Mapping[str, str | None]) -> list[str]:
    """Return as `--set` would have them the flags that stand for a setting under `sending`."""
    return [f"sending.{name}={value}" for name, value in flags.items() if value is not None]


def _refuse_options(ctx: click.Context) -> int:
    """Refuse options of the replay in front of a subcommand, which would ignore them."""
    given = (ctx.get_parameter_source(name) for name in ctx.params)
    if ParameterSource.COMMANDLINE in given:
        raise click.UsageError(f"Options belong behind {ctx.invoked_subcommand!r}.", ctx)
    return 0


def execute(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; errors become one line on stderr."""
    try:
        code = cli.main(list(arguments), prog_name="telemetry-sender", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return _failed("interrupted: nothing was sent or received; run it again", EXIT_INTERRUPTED)
    except StampedeError as error:
        return _failed(str(error), error.exit_code)
    except OSError as error:
        return _failed(str(error), EXIT_FAILED)
    return code if isinstance(code, int) else 0


def _failed(message: str, code: int) -> int:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    return code


def main() -> None:
    """Run the command; the only place that ends the process."""
    # gRPC's own log lines on stderr would surround our one-line errors, which say as much.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    occupy_standard_streams()
    sys.exit(as_process(lambda: execute(sys.argv[1:])))
