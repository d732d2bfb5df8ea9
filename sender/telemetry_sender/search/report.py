"""What a search found, for programs and as lines for people."""

from dataclasses import asdict
from typing import Any

from telemetry_common.units import format_rate
from telemetry_sender.search.search import SearchResult, Step

SCHEMA_VERSION = 1

Json = dict[str, Any]


def build_report(result: SearchResult, seed: int) -> Json:
    """Return the report of a search; docs/search.md explains it."""
    knee = result.knee
    return {
        "schema_version": SCHEMA_VERSION,
        "seed": seed,
        "slo": [each.text for each in result.slo.conditions],
        "bounds": asdict(result.bounds),
        "outcome": _outcome(result),
        "highest_sustained_events_per_second": result.found,
        "limit": None if knee is None else _limit(knee),
        "steps": [_step(step) for step in result.steps],
    }


def _outcome(result: SearchResult) -> str:
    if result.interrupted:
        return "interrupted"
    return "not_found" if result.found is None else "found"


def _step(step: Step) -> Json:
    trial = step.trial
    return {
        "phase": str(step.phase),
        "events_per_second": trial.rate,
        "seconds": trial.seconds,
        "achieved_events_per_second": trial.achieved_events_per_second,
        "sent": trial.sent,
        "lost": trial.lost,
        "errors": trial.errors,
        "latency_ms": {"service": asdict(trial.service), "response": asdict(trial.response)},
        "sustained": step.sustained,
        "broken": step.broken,
        "limit": _limit(step),
    }


def _limit(step: Step) -> Json:
    return {"kind": str(step.limit.kind), "sentence": step.limit.sentence}


def step_line(step: Step) -> str:
    """Return a step as a line of the table that `HEADING` begins."""
    trial = step.trial
    verdict = "sustained" if step.sustained else f"not sustained: {', '.join(step.broken)}"
    columns = (
        f"{step.phase:<8}",
        f"{format_rate(trial.rate):>12}",
        f"{format_rate(trial.achieved_events_per_second):>12}",
        f"{_millis(trial.response.p50):>10}",
        f"{_millis(trial.response.p99):>10}",
        f"{_percent(trial.figure('loss')):>8}",
    )
    return "  ".join((*columns, verdict))


HEADING = "  ".join(
    (
        f"{'step':<8}",
        f"{'asked':>12}",
        f"{'sent':>12}",
        f"{'p50, ms':>10}",
        f"{'p99, ms':>10}",
        f"{'loss':>8}",
        "verdict",
    )
)


def closing_lines(result: SearchResult) -> list[str]:
    """Return what a search comes to, in sentences."""
    if result.interrupted:
        return ["interrupted: no answer"]
    if result.found is None:
        lowest = format_rate(result.bounds.lowest)
        answer = f"not even {lowest} is sustained within {result.slo}"
    else:
        answer = f"highest sustained rate: {format_rate(result.found)} within {result.slo}"
    knee = result.knee
    if knee is None:
        return [answer, "the limit is the rate that was asked for: raise --max to find another"]
    beyond = format_rate(knee.trial.rate)
    return [answer, f"beyond it, at {beyond}, the limit is {knee.limit.sentence}"]


def _millis(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
