"""Wires a run together: template set, plans, pacer, workers and sink. The only place that does."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import uvloop

from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.allocator import keep_large_buffers
from telemetry_sender.clock import Clock, SystemClock
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.config.retry import RetryConfig
from telemetry_sender.loading import load_templates
from telemetry_sender.pace.build import make_pacers
from telemetry_sender.results.result import RunResult
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sending.cutting import cut_feeds
from telemetry_sender.sending.feed import Feed, SignalFeed
from telemetry_sender.sending.retry import Backoff
from telemetry_sender.sending.shares import share_workers
from telemetry_sender.sending.supervisor import Printer, supervise
from telemetry_sender.sending.workers import Pipeline
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.headers import expand_headers, redactor
from telemetry_sender.sinks.registry import SinkSetting, find_sink
from telemetry_sender.stamping.build import make_stampers

Templates = Mapping[Signal, Template]


def run(config: SenderConfig, *, seed: int, environ: Mapping[str, str], out: Printer) -> RunResult:
    """Replay the configured set and return how that went; `out` prints progress lines.

    Ctrl-C and SIGTERM end the run in good order. Raises StampedeError when it cannot begin.
    """
    keep_large_buffers()
    headers = expand_headers(config.otlp.headers, environ)
    sink = find_sink(config.sink)(SinkSetting(config, environ, tuple(config.input.files)))
    templates = load_templates(config.input.files, out)
    feeds = cut_feeds(config, templates)
    stats = RunStats(templates, redactor(headers))
    replay = _Replay(config, templates, feeds, stats, sink, seed, SystemClock(), out)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(replay.go())


@dataclass(frozen=True, slots=True)
class _Replay:
    config: SenderConfig
    templates: Templates
    feeds: list[SignalFeed]
    stats: RunStats
    sink: Sink
    seed: int
    clock: Clock
    out: Printer

    async def go(self) -> RunResult:
        """Open the sink, send until the run ends, and close the sink."""
        events = {signal: template.plan.events for signal, template in self.templates.items()}
        try:
            self.out(f"sending to {self.sink}")
            await self.sink.open()
            usage, started_at = ProcessUsage.now(), datetime.now(UTC)
            pipeline = self._pipeline()
            workers = share_workers(self.config.sending.concurrency, events)
            outcome = await supervise(pipeline, workers, self.config.sending, self.out)
        finally:
            await self.sink.close()
        return RunResult(
            config=self.config,
            seed=self.seed,
            started_at=started_at,
            duration_seconds=pipeline.elapsed,
            outcome=outcome,
            stats=self.stats,
            events_per_pass=events,
            usage=ProcessUsage.now().since(usage),
        )

    def _pipeline(self) -> Pipeline:
        sending = self.config.sending
        events = {feed.signal: feed.events for feed in self.feeds}
        pacers = make_pacers(sending, events, seed=self.seed)
        return Pipeline(
            feed=Feed(self.feeds, in_step=pacers.in_step),
            pacers=pacers,
            stampers=make_stampers(
                self.config.timestamps, self.templates, self.seed, self.clock.unix_nanos()
            ),
            sink=self.sink,
            stats=self.stats,
            clock=self.clock,
            backoff=_backoff(sending.retry),
            origin=self.clock.seconds(),
            duration=sending.duration or float("inf"),
            stopping=asyncio.Event(),
        )


def _backoff(retry: RetryConfig) -> Backoff:
    # Backoff has to differ between senders, so it is the one thing that no seed decides.
    jitter = random.SystemRandom()
    return Backoff(retry.max_attempts, retry.initial_backoff, retry.max_backoff, jitter.random)
