"""Adds up the reports of the shards of one run: a pure function of reports, whose result is one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from telemetry_common.errors import UsageError
from telemetry_common.units import format_instant
from telemetry_sender.results.latency import LatencyHistogram
from telemetry_sender.results.merged_series import merge_series

Report = Mapping[str, Any]
Named = Mapping[str, Report]
"""Reports by the names of their files."""

_BY_SEVERITY = ("completed", "interrupted", "failed")
_VIEWS = ("service", "response")


def merge_reports(reports: Named) -> dict[str, Any]:
    """Return the report of the run that these shards sent together, at least one of them.

    Counts and rates add up, latencies are merged from their histograms, and the run lasts from the
    first start to the last end. Raises UsageError for reports of different runs, and for a shard
    that is there twice.
    """
    _check(reports)
    each = list(reports.values())
    run = _run(each)
    seconds = run["duration_seconds"]
    totals = _sums([report["totals"] for report in each])
    return {
        "schema_version": each[0]["schema_version"],
        "run": run,
        "outcome": max((report["outcome"] for report in each), key=_BY_SEVERITY.index),
        "intended": _intended(each, seconds),
        "totals": totals,
        "signals": _signals(each),
        "rate": _rate(each, totals, seconds),
        "wire": _wire(each, totals, seconds),
        "latency_ms": _latency_ms(each, _all_signals(each)),
        "latency_histograms": _histograms(each),
        "errors": _errors(each),
        "limit": _limit(each),
        "sender": _sender(each, seconds),
        "processes": _processes(each),
        "sinks": _sinks(each),
        "series": merge_series(
            [report["series"] for report in each],
            [(_start(report) - _first_start(each)).total_seconds() for report in each],
        ),
    }


def missing_shards(reports: Named) -> list[str]:
    """Return the shards of the run whose reports are not there."""
    there = {_shard(report) for report in reports.values()}
    counts = {int(shard.partition("/")[2]) for shard in there if shard}
    wanted = (f"{number}/{count}" for count in counts for number in range(count))
    return [shard for shard in wanted if shard not in there]


def _check(reports: Named) -> None:
    seen: dict[str, str] = {}
    first = next(iter(reports))
    for name, report in reports.items():
        if report["run"]["seed"] != reports[first]["run"]["seed"]:
            problem = f"has another run seed than {first}, so it is of another run"
            raise UsageError(name, problem, "give the reports of the shards of one run")
        identity = _shard(report) or report["run"]["id"]
        if identity in seen:
            raise UsageError(name, f"is of the same shard as {seen[identity]}", "give it once")
        seen[identity] = name


def _shard(report: Report) -> str | None:
    shard: str | None = report["run"].get("shard")
    return shard


def _start(report: Report) -> datetime:
    return datetime.fromisoformat(report["run"]["start"])


def _first_start(each: Sequence[Report]) -> datetime:
    return min(map(_start, each))


def _run(each: Sequence[Report]) -> dict[str, Any]:
    start = _first_start(each)
    end = max(_start(one) + timedelta(seconds=one["run"]["duration_seconds"]) for one in each)
    ids = [int(one["run"]["id"], 16) for one in each]
    return dict(each[0]["run"]) | {
        # The order of the files does not matter to it.
        "id": f"{sum(ids) % (1 << 128):032x}",
        "start": format_instant(start),
        "duration_seconds": (end - start).total_seconds(),
        "cpu_count": _known_sum([one["run"]["cpu_count"] for one in each]),
        "shard": None,
    }


def _known_sum(values: Sequence[float | None]) -> float | None:
    """Return the sum of what is known; None when nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _sums(parts: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the sums of numbers under the same name."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: sum(part.get(name, 0) for part in parts) for name in names}


def _intended(each: Sequence[Report], seconds: float) -> dict[str, Any]:
    events = _known_sum([report["intended"]["events"] for report in each])
    rate = _known_sum([report["intended"]["events_per_second"] for report in each])
    return {
        "events_per_second": rate if events is None else _per(events, seconds),
        "events": events,
    }


def _per(amount: float, seconds: float) -> float:
    return amount / seconds if seconds > 0 else 0.0


def _all_signals(each: Sequence[Report]) -> list[str]:
    return list(dict.fromkeys(signal for report in each for signal in report["signals"]))


def _signals(each: Sequence[Report]) -> dict[str, Any]:
    return {signal: _signal(each, signal) for signal in _all_signals(each)}


def _signal(each: Sequence[Report], signal: str) -> dict[str, Any]:
    parts = [report["signals"][signal] for report in each if signal in report["signals"]]
    plain = [{k: v for k, v in part.items() if k not in ("passes", "latency_ms")} for part in parts]
    # Each shard has passes over its own events.
    events = sum(part["sent"] / part["passes"] for part in parts if part["passes"])
    counters = _sums(plain)
    passes = counters["sent"] / events if events else 0.0
    return {**counters, "passes": passes, "latency_ms": _latency_ms(each, [signal])}


def _rate(each: Sequence[Report], totals: Mapping[str, float], seconds: float) -> dict[str, Any]:
    intended = _intended(each, seconds)["events_per_second"]
    sent = _per(totals["sent"], seconds)
    return {
        "achieved_events_per_second": _per(totals["acked"], seconds),
        "sent_events_per_second": sent,
        "accuracy_percent": 100 * sent / intended if intended else None,
        "overshoot_percent": _highest([one["rate"]["overshoot_percent"] for one in each]),
        "undershoot_percent": _highest([one["rate"]["undershoot_percent"] for one in each]),
    }


def _highest(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _wire(each: Sequence[Report], totals: Mapping[str, float], seconds: float) -> dict[str, Any]:
    compressed = any(one["wire"]["compression_ratio"] is not None for one in each)
    wire_bytes = totals["wire_bytes"]
    return {
        "bytes_per_second": _per(wire_bytes, seconds),
        "compression_ratio": totals["bytes"] / wire_bytes if compressed and wire_bytes else None,
    }


def _merged(each: Sequence[Report], signals: Sequence[str], view: str) -> LatencyHistogram:
    merged = LatencyHistogram()
    for report in each:
        for signal in signals:
            if signal in report["latency_histograms"]:
                merged.add(LatencyHistogram.decode(report["latency_histograms"][signal][view]))
    return merged


def _latency_ms(each: Sequence[Report], signals: Sequence[str]) -> dict[str, Any]:
    return {view: _merged(each, signals, view).summary().to_json() for view in _VIEWS}


def _histograms(each: Sequence[Report]) -> dict[str, Any]:
    return {
        signal: {view: _merged(each, [signal], view).encode() for view in _VIEWS}
        for signal in _all_signals(each)
    }


def _errors(each: Sequence[Report]) -> list[dict[str, Any]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for report in each:
        for row in report["errors"]:
            counts[row["signal"], row["code"], row["message"]] += row["count"]
    names = ("signal", "code", "message")
    return [{**dict(zip(names, key, strict=True)), "count": n} for key, n in counts.most_common()]


def _limit(each: Sequence[Report]) -> dict[str, Any]:
    """Return what limited most of the shards, and says so of one of them."""
    kinds = Counter(report["limit"]["kind"] for report in each)
    ((kind, count),) = kinds.most_common(1)
    example = next(
        report["limit"]["sentence"] for report in each if report["limit"]["kind"] == kind
    )
    among = f"{count} of {len(each)} shards; in one of them " if len(each) > 1 else ""
    return {"kind": kind, "sentence": among + example}


def _sender(each: Sequence[Report], seconds: float) -> dict[str, Any]:
    summed = _sums([report["sender"] for report in each])
    return summed | {"cpu_utilization": _per(summed["cpu_seconds"], seconds)}


def _sinks(each: Sequence[Report]) -> list[dict[str, Any]]:
    """Return what the sinks of the same place left behind, of all shards together."""
    rows = [report.get("sinks", []) for report in each]
    places = range(max(map(len, rows)))
    return [_joined_sink([row[place] for row in rows if place < len(row)]) for place in places]


def _joined_sink(parts: Sequence[Report]) -> dict[str, Any]:
    return {
        "name": parts[0]["name"],
        "bytes": sum(part["bytes"] for part in parts),
        "records": sum(part["records"] for part in parts),
        "lost": _sums([part["lost"] for part in parts]),
        "problem": next((part["problem"] for part in parts if part["problem"]), None),
        "files": [file for part in parts for file in part["files"]],
    }


def _processes(each: Sequence[Report]) -> list[dict[str, Any]]:
    processes = [process for report in each for process in report["processes"]]
    return [process | {"number": number} for number, process in enumerate(processes)]
