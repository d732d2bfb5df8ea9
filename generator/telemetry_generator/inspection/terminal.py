"""An inspection as tables for a terminal; plain text where it is piped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from telemetry_common.units import format_duration, format_size
from telemetry_generator.inspection.model import (
    Inspection,
    LogFacts,
    MetricsFacts,
    ProfileFacts,
    SetFacts,
    TraceFacts,
)
from telemetry_generator.inspection.words import brief, count, distinct, duration, share
from telemetry_generator.reading.values import printable

MOST_ROWS = 15


def show(inspection: Inspection, console: Console) -> None:
    """Print the inspection. Texts from files are never taken for markup."""
    for part in _parts(inspection):
        console.print(part)


def _parts(inspection: Inspection) -> Iterator[RenderableType]:
    yield from _set(inspection.set)
    if inspection.traces:
        yield from _traces(inspection.traces)
        yield from _services(inspection)
        yield from _calls(inspection)
    if inspection.metrics:
        yield from _metrics(inspection.metrics)
    if inspection.logs:
        yield from _logs(inspection.logs)
    if inspection.profiles:
        yield from _profiles(inspection.profiles)
    yield from _keys(inspection)
    for note in inspection.notes:
        yield Text(f"\n{note}", style="yellow")


def _set(facts: SetFacts) -> Iterator[RenderableType]:
    horizon = format_duration(facts.horizon_nanos / 1e9)
    made = f"seed {facts.seed}, {horizon} long, by generator {facts.generator_version}"
    yield Text.assemble((f"{facts.prefix}", "bold"), f" in {facts.directory}: {made}")
    rows = [
        (
            file.path,
            format_size(file.bytes),
            format_size(file.stored_bytes),
            count(file.resources),
            f"{file.events:,} {file.signal.event_noun}",
        )
        for file in facts.files
    ]
    yield _table("", ("file", "size", "on disk", "resources", "events"), rows)


def _traces(facts: TraceFacts) -> Iterator[RenderableType]:
    fewest, median, most = facts.spans_per_trace
    latency = facts.duration
    yield _pairs(
        "Traces",
        {
            "traces": count(facts.traces),
            "with an error": f"{count(facts.errors)} ({share(facts.errors, facts.traces)})",
            "spans a trace": f"{fewest:,} to {most:,}, median {median:,}",
            "deepest": f"{facts.depth:,} spans",
            "duration": f"p50 {duration(latency.p50)}, p90 {duration(latency.p90)}, "
            f"p99 {duration(latency.p99)}, longest {duration(latency.max)}",
            "kinds": ", ".join(f"{kind} {each:,}" for kind, each in facts.kinds.items()),
        },
    )
    tallest = max((each.count for each in facts.durations), default=1) or 1
    rows = [
        (f"{duration(each.low)} to {duration(each.high)}", count(each.count),
         "█" * round(40 * each.count / tallest))
        for each in facts.durations
    ]  # fmt: skip
    table = _table("Trace durations", ("duration", "traces", ""), rows)
    table.columns[2].justify = "left"
    yield table


def _services(inspection: Inspection) -> Iterator[RenderableType]:
    rows = [
        (
            node.name,
            str(node.kind),
            count(node.spans),
            count(node.requests),
            share(node.errors, node.requests),
            duration(node.latency.p50),
            duration(node.latency.p99),
        )
        for node in inspection.nodes
    ]
    header = ("service", "kind", "spans", "requests", "errors", "p50", "p99")
    yield from _cut("Services and what they use", header, rows, text_columns=2)


def _calls(inspection: Inspection) -> Iterator[RenderableType]:
    rows = [
        (
            call.caller,
            call.callee,
            count(call.count),
            share(call.errors, call.count),
            duration(call.latency.p50),
            duration(call.latency.p99),
        )
        for call in inspection.calls
    ]
    header = ("caller", "callee", "calls", "errors", "p50", "p99")
    yield from _cut("Calls", header, rows, text_columns=2)


def _metrics(facts: MetricsFacts) -> Iterator[RenderableType]:
    yield _pairs(
        "Metrics",
        {
            "metrics": count(facts.metrics),
            "data points": count(facts.points),
            "types": _counts(facts.types),
            "families": _counts(facts.families),
        },
    )
    rows = [
        (
            metric.name,
            " ".join(filter(None, (metric.temporality, metric.type))),
            metric.unit,
            count(metric.points),
            count(metric.resources),
            "" if metric.low is None else brief(metric.low),
            "" if metric.high is None else brief(metric.high),
        )
        for metric in facts.listed
    ]
    header = ("metric", "type", "unit", "series", "resources", "lowest", "highest")
    yield from _cut("Metrics with the most series", header, rows, text_columns=3)


def _logs(facts: LogFacts) -> Iterator[RenderableType]:
    mean = facts.body_bytes / facts.records if facts.records else 0
    yield _pairs(
        "Log records",
        {
            "records": count(facts.records),
            "tied to a span": share(facts.with_span, facts.records),
            "events": share(facts.events, facts.records),
            "mean body": format_size(mean),
            "types": _shares(facts.types),
            "severities": _shares(facts.severities),
        },
    )
    rows = [(each.type, each.severity, each.service, each.body) for each in facts.samples]
    header = ("type", "severity", "service", "body")
    yield from _cut("Sample bodies", header, rows, text_columns=4)


def _profiles(facts: ProfileFacts) -> Iterator[RenderableType]:
    yield _pairs(
        "Profiles",
        {
            "profiles": count(facts.profiles),
            "samples": count(facts.samples),
            "tied to a span": share(facts.with_span, facts.samples),
            "stacks": count(facts.stacks),
            "sample types": _counts(facts.sample_types),
            "services": _counts(facts.services),
        },
    )
    total = sum(each.self_value for each in facts.functions) or 1
    rows = [
        (each.name, share(each.self_value, total), brief(each.self_value), brief(each.total_value))
        for each in facts.functions
    ]
    yield from _cut("Functions", ("function", "share", "self", "total"), rows, text_columns=1)


def _keys(inspection: Inspection) -> Iterator[RenderableType]:
    rows = [
        (
            key.key,
            key.place,
            distinct(key.distinct, exact=key.exact),
            count(key.occurrences),
            ", ".join(key.examples),
        )
        for key in inspection.keys
    ]
    header = ("attribute", "of", "values", "occurrences", "such as")
    for part in _cut("Attribute cardinality", header, rows, text_columns=2):
        if isinstance(part, Table):
            part.columns[4].justify = "left"
        yield part


def _counts(counts: Mapping[str, int]) -> str:
    shown = [f"{name} {number:,}" for name, number in list(counts.items())[:MOST_ROWS]]
    return ", ".join([*shown, "…"] if len(counts) > MOST_ROWS else shown)


def _shares(counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    return ", ".join(
        f"{name} {share(number, total)}" for name, number in list(counts.items())[:MOST_ROWS]
    )


def _pairs(title: str, pairs: Mapping[str, str]) -> Table:
    table = _table(title, ("", ""), pairs.items(), text_columns=2)
    table.show_header = False
    return table


def _cut(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], text_columns: int
) -> Iterator[RenderableType]:
    """Yield the first rows as a table, and how many more there are."""
    if not rows:
        return
    yield _table(title, header, rows[:MOST_ROWS], text_columns)
    if len(rows) > MOST_ROWS:
        yield Text(f"… and {len(rows) - MOST_ROWS:,} more", style="dim")


def _table(
    title: str, header: Iterable[str], rows: Iterable[Sequence[str]], text_columns: int = 1
) -> Table:
    """Return a table: the first columns hold text, the others numbers."""
    table = Table(box=None, pad_edge=False, title_justify="left", title_style="bold")
    table.title = f"\n{title}" if title else None
    for number, name in enumerate(header):
        justify: Literal["left", "right"] = "left" if number < text_columns else "right"
        table.add_column(name, justify=justify, header_style="dim", no_wrap=True)
    for row in rows:
        # A column that may wrap is the one that gives way; its texts are cut instead.
        table.add_row(*(Text(printable(each), no_wrap=True, overflow="ellipsis") for each in row))
    if table.columns:
        table.columns[-1].no_wrap = False
    return table
