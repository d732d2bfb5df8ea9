"""The command `telemetry-sender merge`: one report out of those of the shards of a run."""

from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel, ConfigDict

from telemetry_common.documents import check_place, json_text, write_document
from telemetry_common.errors import UsageError
from telemetry_common.printing import printing
from telemetry_sender.results.merging import merge_reports, missing_shards
from telemetry_sender.results.reading import read_part
from telemetry_sender.results.report import SCHEMA_VERSION


class _Needed(BaseModel):
    """The parts of a report without which it cannot be merged."""

    model_config = ConfigDict(extra="allow")

    schema_version: int
    run: dict[str, Any]
    totals: dict[str, int | float]
    signals: dict[str, dict[str, Any]]
    latency_histograms: dict[str, dict[str, str]]
    series: dict[str, Any]
    processes: list[dict[str, Any]]


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="REPORT.json..."
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the merged report here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the merged report.")
def merge(files: tuple[Path, ...], report: Path | None, as_json: bool) -> int:
    """Merge the reports of the shards of one run into a report of the whole run.

    Exit code 0: merged. 2: a report cannot be used, or is of another run.
    """
    check_place(report)
    reports = {str(file): _read(file) for file in files}
    if len(reports) < len(files):
        raise UsageError(str(files[0]), "is given twice", "give every report once")
    merged = merge_reports(reports)
    with printing():
        click.echo(json_text(merged) if as_json else _told(merged, len(reports)), nl=not as_json)
        for shard in missing_shards(reports):
            click.echo(f"missing: the report of shard {shard}", err=True)
    if report is not None:
        write_document(json_text(merged), report)
    return 0


def _told(merged: dict[str, Any], count: int) -> str:
    totals, seconds = merged["totals"], merged["run"]["duration_seconds"]
    rate = merged["rate"]["achieved_events_per_second"]
    return (
        f"{count} reports merged: run {merged['outcome']} after {seconds:,.1f} s, "
        f"{totals['acked']:,} of {totals['scheduled']:,} events accepted, {rate:,.0f}/s"
    )


def _read(file: Path) -> dict[str, Any]:
    report = read_part(_Needed, file)
    if report.schema_version != SCHEMA_VERSION:
        problem = f"of schema {report.schema_version}, which is not {SCHEMA_VERSION}"
        raise UsageError(str(file), problem, "merge with the version that wrote it")
    return report.model_dump()
