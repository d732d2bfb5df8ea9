"""The figures by which two runs are compared, each from one report; docs/results.md says more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from telemetry_sender.results.failures import WARNING
from telemetry_sender.results.latency import PERCENTILES
from telemetry_sender.results.report_file import RunReport


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a report."""

    unit: str
    read: Callable[[RunReport], float | None]
    """None where the run had no such figure."""


def _loss(report: RunReport) -> float | None:
    scheduled = report.totals.scheduled
    return 100 * (scheduled - report.totals.acked) / scheduled if scheduled else None


def _retried(report: RunReport) -> float | None:
    return 100 * report.totals.retried / report.totals.sent if report.totals.sent else None


def _cpu_per_million(report: RunReport) -> float | None:
    acked = report.totals.acked
    return report.sender.cpu_seconds * 1e6 / acked if acked else None


def _bytes_per_event(report: RunReport) -> float | None:
    sent = report.totals.sent + report.totals.retried
    return report.totals.wire_bytes / sent if sent else None


def failed_requests(report: RunReport) -> int:
    """Return the requests that failed or lost events; a warning alone is neither."""
    return sum(row.count for row in report.errors if row.code != WARNING)


def _percentile(view: str, name: str) -> Figure:
    def read(report: RunReport) -> float | None:
        value: float | None = getattr(getattr(report.latency_ms, view), name)
        return value

    return Figure("ms", read)


FIGURES: Mapping[str, Figure] = {
    "rate": Figure("events/s", lambda report: report.rate.achieved_events_per_second),
    "accuracy": Figure("%", lambda report: report.rate.accuracy_percent),
    "loss": Figure("%", _loss),
    "errors": Figure("requests", failed_requests),
    "retried": Figure("%", _retried),
    **{
        f"{view}_{name}": _percentile(view, name)
        for view in ("response", "service")
        for name in PERCENTILES
    },
    "cpu": Figure("s", _cpu_per_million),
    "memory": Figure("bytes", lambda report: report.sender.max_rss_bytes),
    "wire": Figure("bytes", _bytes_per_event),
}
