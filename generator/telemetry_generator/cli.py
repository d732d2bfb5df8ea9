"""The `telemetry-generator` command: reads options, runs, and turns errors into one line."""

import errno
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from telemetry_common import __version__
from telemetry_common.config import load_config
from telemetry_common.errors import (
    EXIT_INTERRUPTED,
    EXIT_USAGE,
    RunError,
    StampedeError,
    UsageError,
)
from telemetry_common.interrupts import as_process
from telemetry_common.printing import printing
from telemetry_generator.build import signal_streams
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.progress_choice import progress_on
from telemetry_generator.set_writer import WrittenSet, write_set
from telemetry_generator.summary import summary_lines

_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

_EXAMPLE = """\b
Example:
  telemetry-generator --config configs/generator-small.yaml --output-dir /tmp/set
  telemetry-generator --config configs/generator.yaml --seed 7 \\
      --set traces.count=500 --set metrics=null
"""


@click.command(epilog=_EXAMPLE, context_settings={"max_content_width": 100})
@click.option(
    "--config",
    "file",
    required=True,
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
    "--json",
    "with_json",
    is_flag=True,
    help="Also write OTLP/JSON next to each template, for reading.",
)
@click.version_option(__version__, prog_name="telemetry-generator")
def command(
    file: Path,
    output_dir: str | None,
    seed: int | None,
    overrides: tuple[str, ...],
    with_json: bool,
) -> None:
    """Write a template set: traces, metrics and logs as OTLP, to be replayed by telemetry-sender.

    The same configuration and seed give the same bytes on every machine.
    """
    config = with_options(load_config(GeneratorConfig, file, overrides), output_dir, seed)
    lines = summary_lines(run(config, with_json=with_json))
    with printing():
        click.echo("\n".join(lines))


def with_options(
    config: GeneratorConfig, output_dir: str | None, seed: int | None
) -> GeneratorConfig:
    """Return the configuration with what the command line says about directory and seed.

    Raises UsageError for an empty directory, which stands for a shell variable that is not set.
    """
    if output_dir == "":
        raise UsageError("--output-dir", "empty", "name a directory; . is the current one")
    if output_dir is not None:
        output = config.output.model_copy(update={"directory": output_dir})
        config = config.model_copy(update={"output": output})
    return config if seed is None else config.model_copy(update={"seed": seed})


def run(config: GeneratorConfig, *, with_json: bool) -> WrittenSet:
    """Generate and write a set. Raises UsageError and RunError for what the system refuses."""
    prepare_directory(Path(config.output.directory))
    try:
        with progress_on(sys.stderr) as progress:
            return write_set(config, signal_streams(config), progress, with_json=with_json)
    except OSError as error:
        place = str(error.filename or config.output.directory)
        fix = "free some space or choose another --output-dir"
        raise RunError(place, _reason(error), fix) from None


def prepare_directory(directory: Path) -> None:
    """Create the output directory.

    Raises UsageError when it cannot be created or written, RunError when the disk is full.
    """
    probe = directory / ".write-probe"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        kind = RunError if error.errno in _DISK_FULL else UsageError
        raise kind(str(directory), _reason(error), "choose another --output-dir") from None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit: 0 done, 1 failed, 2 the user's mistake, 130 interrupted."""
    sys.exit(as_process(lambda: exit_code(arguments)))


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run the command; print an error as one line and return the exit code."""
    try:
        command.main(arguments, prog_name="telemetry-generator", standalone_mode=False)
    except StampedeError as error:
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("error: interrupted: the set is not complete; run the command again", err=True)
        return EXIT_INTERRUPTED
    return 0


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


if __name__ == "__main__":
    main()
