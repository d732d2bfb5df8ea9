"""What `telemetry-generator` does without a subcommand: read, generate, print a summary."""

import errno
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from telemetry_common.config import load_config
from telemetry_common.errors import RunError, UsageError, reason
from telemetry_common.printing import printing
from telemetry_generator.config.model import GeneratorConfig
from telemetry_generator.generate import Options, generate
from telemetry_generator.set_writer import WrittenSet
from telemetry_generator.streaming import stream
from telemetry_generator.summary import summary_lines

_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def run(
    file: Path,
    overrides: Sequence[str],
    output_dir: str | None,
    seed: int | None,
    options: Options,
) -> None:
    """Generate the set that `file` describes, and print what was written."""
    config = with_options(load_config(GeneratorConfig, file, overrides), output_dir, seed)
    lines = summary_lines(_written(config, options))
    with printing():
        click.echo("\n".join(lines))


def run_stream(
    file: Path, overrides: Sequence[str], seed: int | None, processes: int | None
) -> None:
    """Generate the set that `file` describes into standard output."""
    config = with_options(load_config(GeneratorConfig, file, overrides), None, seed)
    try:
        stream(config, processes, sys.stdout.buffer, lambda line: click.echo(line, err=True))
    except OSError as error:
        raise RunError("standard output", reason(error), "see what its reader says") from None


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


def _written(config: GeneratorConfig, options: Options) -> WrittenSet:
    """Generate and write the set. Raises UsageError and RunError for what the system refuses."""
    prepare_directory(Path(config.output.directory))
    try:
        return generate(config, options, lambda line: click.echo(line, err=True))
    except OSError as error:
        place = str(error.filename or config.output.directory)
        fix = "free some space or choose another --output-dir"
        raise RunError(place, reason(error), fix) from None


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
        raise kind(str(directory), reason(error), "choose another --output-dir") from None
