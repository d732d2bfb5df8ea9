"""The parts of a run's page: headline figures, plots and tables."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from telemetry_common.markup import Markup, element, together
from telemetry_common.units import format_duration, format_rate, format_size
from telemetry_sender.results.html.plots import plots
from telemetry_sender.results.latency import PERCENTILES
from telemetry_sender.results.report_file import Percentiles, RunReport

_COUNTERS = ("scheduled", "sent", "acked", "rejected", "failed", "retried", "dropped", "requests")


def headline(report: RunReport) -> Markup:
    """Return the figures that are looked for first, and what limited the run."""
    tiles = [element("div", element("dt", name), element("dd", shown))
             for name, shown in _tiles(report)]  # fmt: skip
    limit = report.limit
    note = element("p", f"Limit: {limit.sentence}", class_="card estimate") if limit else Markup("")
    return element("div", element("dl", *tiles, class_="tiles"), note)


def _tiles(report: RunReport) -> Iterator[tuple[str, str]]:
    intended, accuracy = report.intended.events_per_second, report.rate.accuracy_percent
    yield "outcome", report.outcome
    yield "duration", format_duration(report.run.duration_seconds)
    yield "accepted events", f"{report.totals.acked:,}"
    yield "accepted", format_rate(report.rate.achieved_events_per_second)
    yield "intended", "unlimited" if intended is None else format_rate(intended)
    if accuracy is not None:
        yield "of the schedule sent", f"{accuracy:.1f}%"
    yield "response p99", _millis(report.latency_ms.response.p99)
    yield "not accepted", f"{report.totals.scheduled - report.totals.acked:,}"


def over_time(report: RunReport) -> Markup:
    """Return the plots."""
    drawn = [plot.drawn() for plot in plots(report.series)]
    short = element("p", "The run was over before its first sample.", class_="note")
    return _section("time", "Over time", element("div", *drawn, class_="plots") if drawn else short)


def outcomes(report: RunReport) -> Markup:
    """Return the counters by signal."""
    columns = {**{str(name): part for name, part in report.signals.items()}, "total": report.totals}
    rows = [
        [name, *(f"{getattr(part, name):,}" for part in columns.values())] for name in _COUNTERS
    ]
    rows.append(["payload", *(format_size(part.bytes) for part in columns.values())])
    rows.append(["on the wire", *(format_size(part.wire_bytes) for part in columns.values())])
    return _section("outcomes", "Outcomes", _table("Events by signal", ["", *columns], rows))


def latency(report: RunReport) -> Markup:
    """Return the percentiles by signal and view."""
    rows = [
        [f"{name} {view}", *_row(getattr(part, view))]
        for name, part in (
            *((str(signal), each.latency_ms) for signal, each in report.signals.items()),
            ("all", report.latency_ms),
        )
        for view in ("service", "response")
    ]
    note = (
        "Service time runs from the actual send, response time from the intended one: a stalled "
        "receiver shows in the latter."
    )
    table = _table("Latency in milliseconds", ["", *PERCENTILES.values()], rows)
    return _section("latency", "Latency, ms", element("p", note, class_="note"), table)


def _row(percentiles: Percentiles) -> list[str]:
    values = (getattr(percentiles, name) for name in PERCENTILES)
    return ["-" if value is None else f"{value:,.2f}" for value in values]


def errors(report: RunReport) -> Markup:
    """Return what went wrong."""
    rows = [[str(row.signal), row.code, row.message, f"{row.count:,}"] for row in report.errors]
    header = ["signal", "code", "message", "requests"]
    none = element("p", "none", class_="note")
    return _section("errors", "Errors", _table("Errors", header, rows) if rows else none)


def details(report: RunReport) -> Markup:
    """Return the run, the sender and the configuration."""
    sender, run = report.sender, report.run
    facts = {
        "start": run.start,
        "seed": str(run.seed),
        "CPU": f"{sender.cpu_seconds:,.1f} s, {sender.cpu_utilization:.0%} of a core",
        "memory": f"{format_size(sender.max_rss_bytes)} resident at most",
        "processes": str(sender.processes),
        "CPUs": "unknown" if run.cpu_count is None else str(run.cpu_count),
        **run.versions,
    }
    pair = element(
        "div",
        element("div", element("h3", "Run"), _facts(facts.items()), class_="card"),
        element("div", element("h3", "Configuration"), _facts(_flat(run.configuration)),
                class_="card"),
        class_="pair",
    )  # fmt: skip
    return _section("run", "The run", pair, _processes(report))


def _processes(report: RunReport) -> Markup:
    if not report.processes:
        return Markup("")
    header = ["process", "outcome", "accepted events", "CPU", "resident at most"]
    rows = [
        [
            str(each.number),
            each.outcome,
            f"{sum(each.acked.values()):,}",
            f"{each.cpu_seconds:,.1f} s",
            format_size(each.max_rss_bytes),
        ]
        for each in report.processes
    ]
    return _table("Processes", header, rows)


def _flat(settings: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", "-" if value is None else str(value)


def _facts(pairs: Iterable[tuple[str, str]]) -> Markup:
    rows = (element("dt", name) + element("dd", value) for name, value in pairs)
    return element("dl", Markup("".join(rows)), class_="facts")


def _section(name: str, title: str, *content: str) -> Markup:
    return element("section", element("h2", title), *content, id=name)


def _table(caption: str, header: Iterable[str], rows: Iterable[Iterable[str]]) -> Markup:
    heads = element("tr", *(element("th", text, scope="col") for text in header))
    body = [element("tr", *(element("td", text) for text in row)) for row in rows]
    whole = element(
        "table",
        element("caption", caption, class_="unseen"),
        element("thead", heads),
        element("tbody", together(body)),
    )
    return element("div", whole, class_="scroll card", tabindex=0, role="region",
                   aria_label=caption)  # fmt: skip


def _millis(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f} ms"
