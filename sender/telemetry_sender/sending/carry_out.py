"""Carries out what one process sends, from its pipeline to its result."""

from collections.abc import Mapping
from datetime import datetime

from telemetry_common.signals import Signal
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.results.links import LinkWatch
from telemetry_sender.results.result import Outcome, RunResult
from telemetry_sender.results.sample import Observer, Sample
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sending.supervisor import Listener, stop_on_signals, supervise
from telemetry_sender.sending.workers import Pipeline
from telemetry_sender.sinks.finishing import finish_sinks


async def carry_out(
    pipeline: Pipeline,
    workers: Mapping[Signal, int],
    config: SenderConfig,
    *,
    seed: int,
    started_at: datetime,
    before: ProcessUsage,
    events_per_pass: Mapping[Signal, int],
    observe: Observer,
    on_stop: Listener = stop_on_signals,
) -> RunResult:
    """Send with this many workers of each signal until the run ends; return how that went.

    Usage counts since `before`. What the sink leaves behind is complete then, and it stays open.
    """
    links = LinkWatch(_ports(config, workers))

    def watch(sample: Sample) -> None:
        links.look()
        observe(sample)

    outcome = await supervise(pipeline, workers, config.sending, watch, on_stop=on_stop)
    accounts = await finish_sinks(pipeline.courier.sink, pipeline.stats)
    problem = next((each.problem for each in accounts if each.problem), "")
    return RunResult(
        config=config,
        seed=seed,
        started_at=started_at,
        duration_seconds=pipeline.elapsed,
        outcome=Outcome.FAILED if problem else outcome,
        failure=pipeline.courier.availability.failure or problem,
        sinks=accounts,
        stats=pipeline.stats,
        events_per_pass=events_per_pass,
        usage=ProcessUsage.now().since(before),
        link=links.use,
    )


def _ports(config: SenderConfig, signals: Mapping[Signal, int]) -> set[int]:
    """Return the ports of the TCP connections that the run may have."""
    found = (config.otlp.endpoint_of(signal) for signal in signals)
    return {each.port for each in found if each is not None and each.socket_path is None}
