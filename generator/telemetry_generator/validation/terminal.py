"""The findings for people: what was read, then each finding with its place and its fix."""

from collections.abc import Iterator

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from telemetry_common.units import format_size
from telemetry_generator.validation.findings import Findings
from telemetry_generator.validation.kinds import Kind


def show(findings: Findings, console: Console) -> None:
    """Print the findings. Texts from files are never taken for markup."""
    for part in _parts(findings):
        console.print(part)


def _parts(findings: Findings) -> Iterator[RenderableType]:
    yield _files(findings)
    for kind, count in findings.counts.items():
        yield from _of_kind(findings, kind, count)
    for note in findings.notes:
        yield Text(note, style="yellow")
    yield _verdict(findings)


def _files(findings: Findings) -> Table:
    table = Table("file", "size", "resources", "events", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for file in findings.files:
        events = f"{file.events:,} {file.signal.event_noun}"
        table.add_row(Text(file.path), format_size(file.bytes), f"{file.resources:,}", events)
    return table


def _of_kind(findings: Findings, kind: Kind, count: int) -> Iterator[Text]:
    shown = [each for each in findings.shown if each.kind is kind]
    yield Text.assemble("\n", (f"{kind}", "bold red"), f": {count:,} found; {kind.fix}")
    for each in shown:
        yield Text(f"  {each.file}: {each.place}: {each.problem}")
    if count > len(shown):
        yield Text(f"  … and {count - len(shown):,} more", style="dim")


def _verdict(findings: Findings) -> Text:
    if findings.sound:
        return Text(f"sound: {findings.manifest}", style="bold green")
    noun = "finding" if findings.total == 1 else "findings"
    text = f"\nnot sound: {findings.total:,} {noun} in {findings.manifest}"
    return Text(text, style="bold red")
