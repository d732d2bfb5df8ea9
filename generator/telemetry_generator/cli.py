"""The `telemetry-generator` command: options in, exit code out; only `main` ends the process."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from telemetry_common import __version__
from telemetry_common.errors import EXIT_INTERRUPTED, StampedeError
from telemetry_common.interrupts import as_process
from telemetry_common.lazy_group import LazyCommand, LazyGroup
from telemetry_common.units import parse_size

_COMMANDS = {
    "inspect": LazyCommand(
        "telemetry_generator.inspection.command:inspect", "Show what is in a template set."
    ),
    "validate": LazyCommand(
        "telemetry_generator.validation.command:validate",
        "Check a configuration, or every byte of a set.",
    ),
}

_EPILOG = """
\b
Examples:
  telemetry-generator --config configs/generator-small.yaml --output-dir /tmp/set
  telemetry-generator --config configs/generator.yaml --seed 7 \\
      --set traces.count=500 --set metrics=null
  telemetry-generator --config configs/generator-shop.yaml --size 1GB
  telemetry-generator --config configs/generator.yaml --stream \\
      | telemetry-sender --config configs/sender-stream.yaml
  telemetry-generator inspect /tmp/set --html /tmp/set.html

\b
Exit codes:
  0    the set is written and whole, or the reader of --stream has enough
  1    writing failed, or validate found something
  2    the configuration or an option is wrong; nothing was written
  130  it was interrupted; nothing of the set is left
"""


class _Size(click.ParamType[int]):
    """A size such as `1GB`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return bytes."""
        try:
            size = parse_size(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return size if size > 0 else self.fail("must be more than 0", param, ctx)


@click.group(
    cls=LazyGroup,
    lazy=_COMMANDS,
    invoke_without_command=True,
    epilog=_EPILOG,
    context_settings={"max_content_width": 100},
)
@click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="YAML file that says what to generate.",
)
@click.option("--output-dir", metavar="DIR", help="Where to write the set; beats output.directory.")
@click.option(
    "--seed",
    type=click.IntRange(min=0, max=(1 << 63) - 1),
    metavar="N",
    help="Seed of all values; beats the configuration's.",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override one setting, such as traces.count=500; may be repeated.",
)
@click.option(
    "--size",
    type=_Size(),
    metavar="SIZE",
    help="Scale all counts so that the set has this size, such as 1GB, within 2 %.",
)
@click.option(
    "--processes",
    type=click.IntRange(min=1, max=256),
    metavar="N",
    help="Processes to generate with; by default one for each CPU, or just one for a small set. "
    "The bytes are the same.",
)
@click.option(
    "--stream",
    "as_stream",
    is_flag=True,
    help="Write to standard output, for telemetry-sender behind a pipe; nothing is stored.",
)
@click.option(
    "--json",
    "with_json",
    is_flag=True,
    help="Also write OTLP/JSON next to each template, for reading.",
)
@click.version_option(__version__, prog_name="telemetry-generator")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    file: Path | None,
    output_dir: str | None,
    seed: int | None,
    overrides: tuple[str, ...],
    size: int | None,
    processes: int | None,
    as_stream: bool,
    with_json: bool,
) -> None:
    """Write a template set: traces, metrics, logs and profiles as OTLP, for telemetry-sender.

    The same configuration and seed give the same bytes on every machine. Without a command, a set
    is generated.
    """
    if ctx.invoked_subcommand is not None:
        _refuse_options(ctx)
        return
    if file is None:
        raise click.UsageError("Missing option '--config'.", ctx)
    # NumPy, pydantic and protobuf would make --help five times slower.
    from telemetry_generator.generate import Options  # noqa: PLC0415
    from telemetry_generator.run import run, run_stream  # noqa: PLC0415

    if as_stream:
        _refuse_beside_stream(output_dir, size, with_json=with_json)
        run_stream(file, overrides, seed, processes)
        return
    run(file, overrides, output_dir, seed, Options(size, processes, with_json))


def _refuse_beside_stream(output_dir: str | None, size: int | None, *, with_json: bool) -> None:
    """Refuse options of a set on disk, which a stream would ignore."""
    given = {"--output-dir": output_dir is not None, "--size": bool(size), "--json": with_json}
    for option, is_given in given.items():
        if is_given:
            raise click.UsageError(f"{option} has no meaning with --stream.")


def _refuse_options(ctx: click.Context) -> None:
    """Refuse options of generation in front of a subcommand, which would ignore them."""
    given = (ctx.get_parameter_source(name) for name in ctx.params)
    if ParameterSource.COMMANDLINE in given:
        raise click.UsageError(f"Options belong behind {ctx.invoked_subcommand!r}.", ctx)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit: 0 done, 1 failed, 2 the user's mistake, 130 interrupted."""
    sys.exit(as_process(lambda: exit_code(arguments)))


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run the command; print an error as one line and return the exit code."""
    try:
        code = command.main(arguments, prog_name="telemetry-generator", standalone_mode=False)
    except StampedeError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("error: interrupted: the set is not complete; run the command again", err=True)
        return EXIT_INTERRUPTED
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    main()
