"""The summary at the end of a session, for people; the report holds the same for programs."""

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from telemetry_common.units import format_duration, format_size

# What must be zero; the names are those of the report.
_FAULTS = (
    "invalid_trace_ids",
    "invalid_span_ids",
    "invalid_parent_ids",
    "repeated_span_ids",
    "ends_before_starts",
    "unresolved_parents",
    "children_outside_parents",
    "falling_sums",
    "moved_starts",
    "outside_time_window",
    "invalid_profile_ids",
    "repeated_profile_ids",
    "malformed_samples",
    "missing_zero_values",
    "broken_indices",
)


def summary(report: dict[str, Any]) -> RenderableType:
    """Return the summary of a receiver's report; it needs 80 columns and no terminal."""
    return Group(*_parts(report))


def _parts(report: dict[str, Any]) -> Iterator[RenderableType]:
    took = format_duration(report["run"]["duration_seconds"])
    yield Text(f"received for {took} on {_places(report['run'])}")
    yield _counts(report)
    if report["checks"]:
        yield Text(_checks(report["checks"]))
    if report["ledger"]:
        yield Text(_ledger(report["ledger"]))
    if report["checks"]:
        yield from map(Text, _identity(report["identity"]))
        yield from map(Text, _delays(report["delay_ms"]))
    if report["faults"]["requests"]:
        yield Text(_on_purpose(report["faults"]))
    for error in report["errors"]:
        yield Text(f"{error['signal']}: {error['count']:,} requests {error['message']}")


def _places(run: dict[str, Any]) -> str:
    return " and ".join(filter(None, (run["address"], run["http_address"])))


def _on_purpose(faults: dict[str, Any]) -> str:
    struck = [f"{name} {count:,}" for name, count in faults["requests"].items()]
    rejected = [f"{count:,} {name}" for name, count in faults["rejected_events"].items()]
    events = f"; rejected {', '.join(rejected)}" if rejected else ""
    return f"faults on request, in requests: {', '.join(struck)}{events}"


def _counts(report: dict[str, Any]) -> Table:
    table = Table("signal", box=box.SIMPLE_HEAD)
    for column in ("requests", "bytes", "events"):
        table.add_column(column, justify="right")
    rows = {name: each for name, each in report["signals"].items() if each["requests"]}
    for name, counts in {**rows, "total": report["totals"]}.items():
        events = "-" if counts["events"] is None else f"{counts['events']:,}"
        table.add_row(name, f"{counts['requests']:,}", format_size(counts["bytes"]), events)
    return table


def _checks(checks: dict[str, Any]) -> str:
    faults = {name.replace("_", " "): checks[name] for name in _FAULTS if checks[name]}
    for kind, references in checks["references"].items():
        faults[f"invalid ids in {kind}"] = references["invalid"]
        faults[f"unresolved {kind}"] = references["unresolved"]
    found = ", ".join(f"{name} {count:,}" for name, count in faults.items() if count)
    return f"checks: {found or 'nothing wrong'}"


def _ledger(ledger: dict[str, Any]) -> str:
    names = ("unique", "lost", "duplicated", "foreign")
    counts = ", ".join(f"{name} {ledger[name]:,}" for name in names)
    wrong = ("trace_id_mismatches", "parent_id_mismatches")
    more = "".join(f", {name.replace('_', ' ')} {ledger[name]:,}" for name in wrong if ledger[name])
    below = f"below counter {ledger['highest_counter'] + 1:,}, the highest seen"
    return f"ledger: {counts}{more} ({below})"


# By the names of the report; what is unsure is shown only where it is not zero.
_IDENTIFIED = ("unique", "duplicated", "foreign")
_UNSURE = ("unidentified", "undecided", "untracked", "out_of_order", "lost")


def _identity(identity: dict[str, Any]) -> Iterator[str]:
    for signal, counts in identity.items():
        if counts and counts["unique"]:
            shown = [name for name in _IDENTIFIED if name in counts]
            shown += [name for name in _UNSURE if counts.get(name)]
            listed = ", ".join(f"{name.replace('_', ' ')} {counts[name]:,}" for name in shown)
            yield f"{signal.replace('_', ' ')}: {listed}"


def _delays(delays: dict[str, Any]) -> Iterator[str]:
    for signal, delay in delays.items():
        if delay["events"]:
            values = ", ".join(f"{name} {delay[name]:,.1f}" for name in ("p50", "p99", "max"))
            yield f"delay of {signal} in ms: {values}"
        if delay["from_the_future"]:
            yield f"{signal}: {delay['from_the_future']:,} events from the future"
