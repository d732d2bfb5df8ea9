"""The summary at the end of a run, for people; the report holds the same for programs."""

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from telemetry_common.signals import Signal
from telemetry_common.units import format_duration, format_rate, format_size
from telemetry_sender.results.accuracy import accuracy_of
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.failures import FailureRow
from telemetry_sender.results.hints import hints
from telemetry_sender.results.latency import PERCENTILES, LatencySummary
from telemetry_sender.results.limits import LimitKind, run_limit
from telemetry_sender.results.result import RunResult
from telemetry_sender.results.stats import RunStats

_COUNTERS = (
    "scheduled",
    "sent",
    "acked",
    "rejected",
    "failed",
    "retried",
    "dropped",
    "requests",
)
# Shown only where there were any.
_RARE = {
    "splits": "splits",
    "refused_retries": "no retry left",
    "deferred": "deferred",
    "deferred_dropped": "deferred, dropped",
}


def summary(result: RunResult) -> RenderableType:
    """Return the summary; it needs 80 columns and no terminal."""
    return Group(*_parts(result))


def _parts(result: RunResult) -> Iterator[RenderableType]:
    yield _headline(result)
    yield from ("", _counters(result))
    if not result.config.is_local:
        yield from ("", _latencies(result.stats))
    yield from ("", _rates(result))
    failures = result.stats.failures()
    if failures:
        yield from ("", _failures(failures))
    limit = run_limit(result)
    advice = hints(result)
    if limit.kind is not LimitKind.UNKNOWN and not any(limit.sentence in hint for hint in advice):
        yield from ("", Text(f"limit: {limit.sentence}"))
    for hint in advice:
        yield from ("", Text(f"hint: {hint}"))


def _headline(result: RunResult) -> Text:
    took = format_duration(result.duration_seconds)
    return Text(f"run {result.outcome} after {took}, seed {result.seed}")


def _counters(result: RunResult) -> Table:
    """Return one row for each counter, one column for each signal: narrow, however many events."""
    stats, totals = result.stats, result.stats.totals()
    columns = {**{str(signal): stats.of(signal) for signal in stats.signals}, "total": totals}
    table = _numbers("events", *columns)
    shown = {name: name for name in _COUNTERS}
    shown |= {name: title for name, title in _RARE.items() if getattr(totals, name)}
    for name, title in shown.items():
        table.add_row(title, *(f"{getattr(counters, name):,}" for counters in columns.values()))
    table.add_row("bytes", *map(_size, columns.values()))
    table.add_row("passes", *(_passes(result, signal) for signal in stats.signals), "")
    return table


def _passes(result: RunResult, signal: Signal) -> str:
    """Return how often the set went out."""
    events = result.events_per_pass.get(signal, 0)
    return f"{result.stats.of(signal).sent / events:,.1f}" if events else "-"


def _size(counters: SignalCounters) -> str:
    return format_size(counters.bytes)


def _latencies(stats: RunStats) -> Table:
    table = _numbers("latency, ms", *PERCENTILES.values())
    for signal in (*stats.signals, None):
        service, response = stats.latency(signal)
        _add_latency(table, signal, "service", service)
        _add_latency(table, signal, "response", response)
    return table


def _add_latency(table: Table, signal: Signal | None, view: str, latency: LatencySummary) -> None:
    values = (getattr(latency, name) for name in PERCENTILES)
    cells = ("-" if value is None else f"{value:,.1f}" for value in values)
    table.add_row(f"{signal or 'all'} {view}", *cells)


def _rates(result: RunResult) -> Text:
    lines = (_rate(result), *_accuracy(result), *_wire(result), *_written(result), _sender(result))
    return Text("\n".join(lines))


def _rate(result: RunResult) -> str:
    intended = result.intended_events_per_second
    aim = "unlimited" if intended is None else format_rate(intended)
    return f"rate: {format_rate(result.achieved_events_per_second)} accepted, {aim} intended"


def _accuracy(result: RunResult) -> Iterator[str]:
    accuracy = accuracy_of(result)
    if accuracy.percent is None:
        return
    line = f"pace: {accuracy.percent:.1f}% of the schedule sent"
    if accuracy.overshoot_percent is not None:
        over, under = accuracy.overshoot_percent, accuracy.undershoot_percent
        line += f"; intervals from {under:.1f}% below to {over:.1f}% above"
    yield line


def _wire(result: RunResult) -> Iterator[str]:
    ratio = result.compression_ratio
    # Of files their sizes are told.
    if ratio is not None and not result.config.is_local:
        totals = result.stats.totals()
        sizes = f"{format_size(totals.bytes)} as {format_size(totals.wire_bytes)}"
        yield f"wire: {sizes}, compressed {ratio:.1f} to 1"


def _written(result: RunResult) -> Iterator[str]:
    for sink in result.sinks:
        files = "1 file" if len(sink.files) == 1 else f"{len(sink.files):,} files"
        records = "1 record" if sink.records == 1 else f"{sink.records:,} records"
        yield f"{sink.name}: {records} in {files}, {format_size(sink.bytes)}"


def _sender(result: RunResult) -> str:
    memory = format_size(result.usage.max_rss_bytes)
    cpu = f"{result.usage.cpu_seconds:,.1f} s CPU ({result.cpu_utilization:.0%} of a core)"
    processes = f" in {result.processes} processes" if result.processes > 1 else ""
    return f"sender: {cpu}{processes}, {memory} resident at most"


def _failures(rows: list[FailureRow]) -> Table:
    table = _table("signal", "code", "message")
    table.add_column("requests", justify="right")
    for row in rows:
        # Text, because a receiver's message is data: rich must not read markup in it.
        table.add_row(row.signal, row.code, Text(row.message), f"{row.count:,}")
    return table


def _numbers(title: str, *columns: str) -> Table:
    table = _table(title)
    for column in columns:
        # Folded, because a number that ends in an ellipsis would be wrong.
        table.add_column(column, justify="right", overflow="fold")
    return table


def _table(*columns: str) -> Table:
    return Table(
        *columns, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True
    )
