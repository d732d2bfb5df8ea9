"""Ended runs for tests: real statistics, filled by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from telemetry_common.signals import Signal
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.results.result import Outcome, RunResult
from telemetry_sender.results.series import Series
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sinks.delivery import Delivery

STARTED = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def make_config(**sections: Any) -> SenderConfig:
    """Return a configuration with the given sections over the least that is needed."""
    least = {"input": {"traces": "t.pb"}, "otlp": {"endpoint": "127.0.0.1:4317"}}
    return SenderConfig.model_validate(least | sections)


def send(
    stats: RunStats,
    signal: Signal,
    events: int,
    delivery: Delivery | None = None,
    *,
    millis: float = 2.0,
) -> None:
    """Take one request through its life."""
    stats.scheduled(signal, events)
    stats.sent(signal, events, 100 * events)
    stats.answered(signal, 100 * events, delivery or Delivery(), millis / 1e3)
    stats.delivered(signal, events, delivery or Delivery(), millis / 1e3, 2 * millis / 1e3)


def make_stats(redact: Callable[[str], str] = str) -> RunStats:
    """Return statistics with every kind of outcome."""
    stats = RunStats((Signal.TRACES, Signal.LOGS), redact)
    send(stats, Signal.TRACES, 100)
    send(stats, Signal.TRACES, 50, Delivery(rejected=5, message="five too old"))
    stats.scheduled(Signal.LOGS, 30)
    stats.sent(Signal.LOGS, 30, 300)
    stats.retried(Signal.LOGS, 30, 300)
    stats.delivered(Signal.LOGS, 30, Delivery("UNAVAILABLE", message="down"), 0.5, 0.75)
    stats.scheduled(Signal.LOGS, 7)
    stats.dropped(Signal.LOGS, 7)
    return stats


def make_result(
    stats: RunStats | None = None,
    config: SenderConfig | None = None,
    *,
    outcome: Outcome = Outcome.COMPLETED,
    cpu_seconds: float = 1.0,
    duration_seconds: float = 2.0,
    series: Series | None = None,
) -> RunResult:
    """Return an ended run."""
    return RunResult(
        config=config or make_config(),
        seed=42,
        started_at=STARTED,
        duration_seconds=duration_seconds,
        outcome=outcome,
        stats=stats or make_stats(),
        events_per_pass={Signal.TRACES: 100, Signal.LOGS: 0},
        usage=ProcessUsage(cpu_seconds, 50 << 20),
        series=series or Series(),
    )
