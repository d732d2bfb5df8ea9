"""The command `telemetry-sender merge`: one report out of those of the shards of a run."""

import json
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel, ConfigDict, ValidationError

from telemetry_common.errors import UsageError
from telemetry_common.printing import printing
from telemetry_sender.results.merging import merge_reports, missing_shards
from telemetry_sender.results.report import SCHEMA_VERSION, to_json, write_report
from telemetry_sender.results.report_place import check_report_place

_FIX = "give the files that telemetry-sender --report wrote"


class _Needed(BaseModel):
    """The parts of a report without which it cannot be merged."""

    model_config = ConfigDict(extra="allow")

    schema_version: int
    run: dict[str, Any]
    totals: dict[str, float]
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
    check_report_place(report)
    reports = {str(file): _read(file) for file in files}
    if len(reports) < len(files):
        raise UsageError(str(files[0]), "is given twice", "give every report once")
    merged = merge_reports(reports)
    with printing():
        click.echo(to_json(merged) if as_json else _told(merged, len(reports)), nl=not as_json)
        for shard in missing_shards(reports):
            click.echo(f"missing: the report of shard {shard}", err=True)
    if report is not None:
        write_report(report, merged)
    return 0


def _told(merged: dict[str, Any], count: int) -> str:
    totals, seconds = merged["totals"], merged["run"]["duration_seconds"]
    rate = merged["rate"]["achieved_events_per_second"]
    return (
        f"{count} reports merged: run {merged['outcome']} after {seconds:,.1f} s, "
        f"{totals['acked']:,} of {totals['scheduled']:,} events accepted, {rate:,.0f}/s"
    )


def _read(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_bytes())
        _Needed.model_validate(content)
    except OSError as error:
        raise UsageError(str(file), (error.strerror or str(error)).lower(), _FIX) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the report"
        raise UsageError(str(file), f"{place}: {first['msg'].lower()}", _FIX) from None
    except ValueError:
        raise UsageError(str(file), "not a report", _FIX) from None
    if content["schema_version"] != SCHEMA_VERSION:
        problem = f"of schema {content['schema_version']}, which is not {SCHEMA_VERSION}"
        raise UsageError(str(file), problem, "merge with the version that wrote it")
    report: dict[str, Any] = content
    return report
