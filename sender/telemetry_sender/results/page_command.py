"""The command `telemetry-sender report`: an old report once more, as a page or a summary line."""

from pathlib import Path

import click

from telemetry_common.documents import check_place, write_document
from telemetry_common.printing import printing
from telemetry_sender.results.html.page import page as drawn
from telemetry_sender.results.report_file import read_report


@click.command()
@click.argument("report", type=click.Path(path_type=Path), metavar="REPORT.json")
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="Write the page there: one file that needs no network.",
)
def report(report: Path, page: Path) -> int:
    """Draw the report of a run as a page with plots over time.

    It is the page that `--html` writes at the end of a run. Exit code 2: the report cannot be used.
    """
    check_place(page, "--html")
    write_document(drawn(read_report(report)), page, "--html")
    with printing():
        click.echo(f"wrote {page}")
    return 0
