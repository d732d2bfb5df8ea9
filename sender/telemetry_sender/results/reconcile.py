"""The command `telemetry-sender reconcile`: whether what was sent arrived, and nothing else."""

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
from telemetry_common.signals import Signal
from telemetry_sender.results.compared_reports import ReceiverReport, SenderReport
from telemetry_sender.results.reading import A_REPORT, read_part
from telemetry_sender.results.reconciliation import Verdict, reconcile_reports

_RECEIVED = "the file of `telemetry-sender receive --report`"


@click.command()
@click.argument(
    "senders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SENDER.json..."
)
@click.argument("receiver", type=click.Path(path_type=Path), metavar="RECEIVER.json")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def reconcile(senders: tuple[Path, ...], receiver: Path, as_json: bool) -> int:
    """Compare the reports of a replay, one or several, with the report of the receiver.

    Exit code 0: every accepted event was received, and whatever else differs the sender explains.
    1: they differ, and the differences are named. 2: a report cannot be used.
    """
    sent = [read_part(SenderReport, each, f"{A_REPORT} first") for each in senders]
    received = read_part(ReceiverReport, receiver, f"{_RECEIVED} last")
    verdict = reconcile_reports(sent, received)
    with printing():
        _print(verdict, as_json=as_json)
    return 0 if verdict.ok else EXIT_FAILED


def _print(verdict: Verdict, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(verdict.to_json(), indent=2))
    else:
        Console(highlight=False).print(_shown(verdict))


def _shown(verdict: Verdict) -> RenderableType:
    return Group(_table(verdict), *_conclusion(verdict))


def _table(verdict: Verdict) -> Table:
    table = Table("signal", box=box.SIMPLE_HEAD)
    for column in ("sent", "acked", "received", "difference"):
        table.add_column(column, justify="right")
    for each in verdict.signals:
        counts = (each.by_sender.sent, each.by_sender.acked, each.received)
        table.add_row(each.signal, *(f"{count:,}" for count in counts), f"{each.difference:+,}")
    return table


def _conclusion(verdict: Verdict) -> Iterator[Text]:
    for each in verdict.signals:
        if each.identified:
            known = f"duplicated {each.duplicated:,}, foreign {each.identified.foreign:,}"
            yield Text(f"{_NOUNS[each.signal]}: lost {each.lost:,}, {known}")
    if not verdict.by_identity:
        yield Text("counted only; receive with --templates and --run-seed to identify events")
    for explanation in verdict.explained:
        yield Text(f"explained: {explanation}")
    for difference in verdict.differences:
        yield Text(f"differs: {difference}")
    yield Text("reconciled" if verdict.ok else "not reconciled")


_NOUNS = {
    Signal.TRACES: "spans",
    Signal.METRICS: "points",
    Signal.LOGS: "records",
    Signal.PROFILES: "samples",
}
