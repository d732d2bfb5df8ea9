"""The `inspect` command: what is in a template set, as tables, as a page, as JSON."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from telemetry_common.documents import write_document
from telemetry_common.printing import printing

if TYPE_CHECKING:
    from telemetry_generator.inspection.model import Inspection

_EPILOG = """
\b
Examples:
  telemetry-generator inspect templates
  telemetry-generator inspect /tmp/set --html set.html
  telemetry-generator inspect /tmp/set --json - | jq '.calls[:5]'

\b
Exit codes:
  0  shown
  1  a page or document could not be written
  2  there is no set in the directory, or it is damaged: see telemetry-generator validate
"""


@click.command(epilog=_EPILOG)
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--html",
    "html_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a page with service graph, traces, metrics, logs and cardinality; it needs no "
    "network.",
)
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    help="Write everything found as JSON; - is standard output, without the tables.",
)
def inspect(directory: Path, html_file: Path | None, json_file: str | None) -> None:
    """Show what is in the template set in DIRECTORY.

    Any OTLP with a manifest can be shown, whoever made it. Counts are exact; where figures come
    from a sample, the output says so.
    """
    # Protobuf and NumPy would make --help slow.
    from telemetry_generator.inspection.inspect_set import inspect_set  # noqa: PLC0415
    from telemetry_generator.reading.progress import progress_on  # noqa: PLC0415

    with progress_on(sys.stderr) as progress:
        inspection = inspect_set(directory, progress)
    if html_file is not None:
        _write_page(inspection, html_file)
    if json_file is not None:
        from telemetry_generator.reading.json_output import write_json  # noqa: PLC0415

        write_json(asdict(inspection), json_file)
    if json_file != "-":
        _print_tables(inspection)


def _write_page(inspection: "Inspection", file: Path) -> None:
    from telemetry_generator.inspection.html.page import page  # noqa: PLC0415 - only when asked for

    write_document(page(inspection), file, "--html")


def _print_tables(inspection: "Inspection") -> None:
    from rich.console import Console  # noqa: PLC0415 - slow to load

    from telemetry_generator.inspection.terminal import show  # noqa: PLC0415

    with printing():
        show(inspection, Console(highlight=False))
