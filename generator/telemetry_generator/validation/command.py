"""The `validate` command: a set in full, or a configuration before it is run."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from telemetry_common.errors import EXIT_FAILED, UsageError
from telemetry_common.printing import printing

if TYPE_CHECKING:
    from telemetry_generator.validation.findings import Findings

_EPILOG = """
\b
Examples:
  telemetry-generator validate templates
  telemetry-generator validate /tmp/set --json findings.json
  telemetry-generator validate /tmp/set --json - | jq .counts
  telemetry-generator validate configs/generator.yaml --set traces.count=500

\b
Exit codes:
  0  sound
  1  something was found
  2  the configuration is wrong, or there is no set in the directory
"""


@click.command(epilog=_EPILOG)
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    help="Write the findings as JSON (docs/inspect.md); - is standard output, without the table.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=10_000),
    default=5,
    show_default=True,
    help="Show so many findings of each kind; all are counted.",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="With a configuration: override one setting; may be repeated.",
)
def validate(path: Path, json_file: str | None, limit: int, overrides: tuple[str, ...]) -> int:
    """Check a template set, or a configuration.

    PATH is a directory with a set: every byte is read, and hashes, ids, parents, times, references,
    series and counts are checked. Or PATH is a YAML file: it is checked as a run would, and you are
    told what it would generate.
    """
    if path.is_dir() or path.suffix not in (".yaml", ".yml"):
        if overrides:
            fix = "leave it out, or give a YAML file"
            raise UsageError("--set", "a set has no settings to override", fix)
        return _validate_set(path, json_file, limit)
    if json_file is not None:
        fix = "leave it out, or give a directory with a set"
        raise UsageError("--json", "a configuration has no findings", fix)
    return _validate_configuration(path, overrides)


def _validate_configuration(path: Path, overrides: tuple[str, ...]) -> int:
    from telemetry_generator.validation.configuration import (  # noqa: PLC0415 - slow to load
        check_configuration,
    )

    lines = check_configuration(path, overrides)
    with printing():
        click.echo("\n".join(lines))
    return 0


def _validate_set(directory: Path, json_file: str | None, limit: int) -> int:
    from telemetry_generator.reading.progress import progress_on  # noqa: PLC0415 - slow to load
    from telemetry_generator.validation.validate_set import validate_set  # noqa: PLC0415

    with progress_on(sys.stderr) as progress:
        findings = validate_set(directory, progress, limit=limit)
    _publish(findings, json_file)
    return 0 if findings.sound else EXIT_FAILED


def _publish(findings: "Findings", json_file: str | None) -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to load

    from telemetry_generator.reading.json_output import write_json  # noqa: PLC0415
    from telemetry_generator.validation.document import document  # noqa: PLC0415
    from telemetry_generator.validation.terminal import show  # noqa: PLC0415

    if json_file is not None:
        write_json(document(findings), json_file)
    if json_file != "-":
        with printing():
            show(findings, Console(highlight=False, soft_wrap=True))
