"""The command `telemetry-sender compare`: whether a run is as good as an earlier one."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from telemetry_common.errors import EXIT_FAILED
from telemetry_common.printing import printing
from telemetry_sender.results.compare.compare import Comparison, Row, compare_reports
from telemetry_sender.results.compare.threshold import DEFAULTS, Threshold
from telemetry_sender.results.report_file import read_report


@click.command()
@click.argument("a", type=click.Path(path_type=Path), metavar="A.json")
@click.argument("b", type=click.Path(path_type=Path), metavar="B.json")
@click.option(
    "--threshold",
    "thresholds",
    multiple=True,
    metavar="FIGURE=±N[%]",
    help="How much B may be worse than A, for example rate=-5% or loss=+0.1. Repeatable; "
    f"replaces the defaults {', '.join(DEFAULTS)}.",
)
@click.option("--fail-on-errors", is_flag=True, help="Let no request of B have failed.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def compare(
    a: Path, b: Path, thresholds: tuple[str, ...], fail_on_errors: bool, as_json: bool
) -> int:
    """Compare the report of a run (B) with that of an earlier one (A), figure by figure.

    Exit code 0: every threshold holds. 1: one does not, and it is named. 2: a report or a
    threshold cannot be used. docs/results.md explains the figures.
    """
    limits = [Threshold.parse(text) for text in thresholds or DEFAULTS]
    found = compare_reports(read_report(a), read_report(b), limits, fail_on_errors=fail_on_errors)
    with printing():
        _print(found, as_json=as_json)
    return 0 if found.ok else EXIT_FAILED


def _print(found: Comparison, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2))
    else:
        Console(highlight=False).print(Group(*_shown(found)))


def _shown(found: Comparison) -> Iterator[RenderableType]:
    yield _table(found)
    if found.settings:
        yield Text(f"settings that differ: {', '.join(found.settings)}")
    for problem in found.problems:
        yield Text(f"worse: {problem}")
    yield Text("as good" if found.ok else "not as good")


def _table(found: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("figure", no_wrap=True)
    for column in ("A", "B", "difference", "change", "allowed"):
        table.add_column(column, justify="right")
    for row in found.rows:
        style = "bold red" if row.broken else ""
        table.add_row(f"{row.name}, {row.unit}", *_cells(row), style=style)
    return table


def _cells(row: Row) -> list[str]:
    change = row.change_percent
    return [
        _number(row.before),
        _number(row.after),
        "-" if row.difference is None else f"{row.difference:+,.5g}",
        "-" if change is None else f"{change:+.1f}%",
        "" if row.threshold is None else str(row.threshold),
    ]


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.5g}"
