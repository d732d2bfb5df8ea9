"""The run report: one JSON document that says what was intended and what happened.

`docs/report.md` explains every field, `docs/report.schema.json` is its JSON Schema.
"""

from collections.abc import Mapping
from dataclasses import asdict

from telemetry_common.ids import derive_key
from telemetry_common.signals import Signal
from telemetry_common.units import format_instant
from telemetry_sender.config.model import public_view
from telemetry_sender.files.account import SinkAccount
from telemetry_sender.results.accuracy import accuracy_of
from telemetry_sender.results.limits import run_limit
from telemetry_sender.results.result import ProcessResult, RunResult
from telemetry_sender.results.stats import RunStats

SCHEMA_VERSION = 2

Json = dict[str, object]


def build_report(result: RunResult, *, versions: Mapping[str, str], cpu_count: int | None) -> Json:
    """Return the report of an ended run, free of secrets and ready for JSON."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run": _run(result, versions, cpu_count),
        "outcome": str(result.outcome),
        "intended": _intended(result),
        "totals": asdict(result.stats.totals()),
        "signals": {str(signal): _signal(result, signal) for signal in result.stats.signals},
        "rate": _rate(result),
        "wire": _wire(result),
        "latency_ms": _latency(result.stats),
        "latency_histograms": _histograms(result.stats),
        "errors": [asdict(row) for row in result.stats.failures()],
        "limit": _limit(result),
        "sender": _sender(result),
        "processes": [_member(each) for each in result.members],
        "sinks": [_sink(each) for each in result.sinks],
        "series": result.series.columns(),
    }


def _intended(result: RunResult) -> Json:
    return {
        "events_per_second": result.intended_events_per_second,
        "events": result.series.due,
    }


def _rate(result: RunResult) -> Json:
    accuracy = accuracy_of(result)
    return {
        "achieved_events_per_second": result.achieved_events_per_second,
        "sent_events_per_second": result.sent_events_per_second,
        "accuracy_percent": accuracy.percent,
        "overshoot_percent": accuracy.overshoot_percent,
        "undershoot_percent": accuracy.undershoot_percent,
    }


def _wire(result: RunResult) -> Json:
    seconds, wire_bytes = result.duration_seconds, result.stats.totals().wire_bytes
    return {
        "bytes_per_second": wire_bytes / seconds if seconds > 0 else 0.0,
        "compression_ratio": result.compression_ratio,
    }


def _limit(result: RunResult) -> Json:
    limit = run_limit(result)
    return {"kind": str(limit.kind), "sentence": limit.sentence}


def _run(result: RunResult, versions: Mapping[str, str], cpu_count: int | None) -> Json:
    return {
        "id": _run_id(result),
        "seed": result.seed,
        "start": format_instant(result.started_at),
        "duration_seconds": result.duration_seconds,
        "shard": result.shard,
        "versions": dict(versions),
        "cpu_count": cpu_count,
        "configuration": public_view(result.config),
    }


def _run_id(result: RunResult) -> str:
    """Return 32 hex digits that differ for every run, repeated seeds included."""
    start = format_instant(result.started_at)
    return "".join(f"{derive_key(result.seed, 'run-id', half, start):016x}" for half in (0, 1))


def _signal(result: RunResult, signal: Signal) -> Json:
    counters = result.stats.of(signal)
    events = result.events_per_pass.get(signal, 0)
    passes = counters.sent / events if events else 0.0
    return {**asdict(counters), "passes": passes, "latency_ms": _latency(result.stats, signal)}


def _latency(stats: RunStats, signal: Signal | None = None) -> Json:
    service, response = stats.latency(signal)
    return {"service": asdict(service), "response": asdict(response)}


def _histograms(stats: RunStats) -> Json:
    each = {signal: stats.latencies(signal) for signal in stats.signals}
    return {
        str(signal): {"service": both.service.encode(), "response": both.response.encode()}
        for signal, both in each.items()
    }


def _sender(result: RunResult) -> Json:
    return {
        "cpu_seconds": result.usage.cpu_seconds,
        "cpu_utilization": result.cpu_utilization,
        "max_rss_bytes": result.usage.max_rss_bytes,
        "queued_seconds": result.usage.queued_seconds,
        "processes": result.processes,
        "cores": result.cores,
        "requests_in_flight": result.requests_in_flight,
    }


def _sink(account: SinkAccount) -> Json:
    return {
        "name": account.name,
        "bytes": account.bytes,
        "records": account.records,
        "lost": account.lost,
        "problem": account.problem or None,
        "files": [asdict(file) for file in account.files],
    }


def _member(process: ProcessResult) -> Json:
    return {
        "number": process.number,
        "outcome": str(process.outcome),
        "acked": {str(signal): events for signal, events in process.acked.items()},
        "cpu_seconds": process.usage.cpu_seconds,
        "max_rss_bytes": process.usage.max_rss_bytes,
    }
