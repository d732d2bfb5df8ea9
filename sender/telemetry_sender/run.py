"""Wires a run together: template set, plans, pacer, workers and sink. The only place that does."""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import uvloop

from telemetry_common.ids import RunKeys
from telemetry_common.planning.cut import Limits, block_bounds
from telemetry_common.signals import Signal
from telemetry_common.template import Template, open_templates
from telemetry_common.units import format_size
from telemetry_sender.allocator import keep_large_buffers
from telemetry_sender.clock import Clock, SystemClock
from telemetry_sender.config import RetryConfig, SenderConfig, SendingConfig
from telemetry_sender.feed import Feed, SignalFeed
from telemetry_sender.headers import expand_headers, redactor
from telemetry_sender.identity import Identity
from telemetry_sender.pacing import ConstantLoad, NoPacer, Pacer, SchedulePacer
from telemetry_sender.result import RunResult
from telemetry_sender.retry import Backoff
from telemetry_sender.shares import share_workers
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.registry import SinkSetting, find_sink
from telemetry_sender.stamp import Stamper
from telemetry_sender.stats import RunStats
from telemetry_sender.supervisor import Printer, supervise
from telemetry_sender.trace_times import Timing, TraceTimes
from telemetry_sender.usage import ProcessUsage
from telemetry_sender.workers import Pipeline

Templates = Mapping[Signal, Template]


def run(config: SenderConfig, *, seed: int, environ: Mapping[str, str], out: Printer) -> RunResult:
    """Replay the configured set and return how that went; `out` prints progress lines.

    Ctrl-C and SIGTERM end the run in good order. Raises StampedeError when it cannot begin.
    """
    keep_large_buffers()
    headers = expand_headers(config.otlp.headers, environ)
    sink = find_sink(config.sink)(SinkSetting(config, environ, tuple(config.input.files)))
    templates = open_templates(config.input.files, _LoadingProgress(out))
    for template in templates.values():
        out(_loaded(template))
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
        return Pipeline(
            feed=Feed(self.feeds),
            pacer=_pacer(sending),
            stampers=make_stampers(self.config, self.templates, self.seed, self.clock),
            sink=self.sink,
            stats=self.stats,
            clock=self.clock,
            backoff=_backoff(sending.retry),
            origin=self.clock.seconds(),
            duration=sending.duration or float("inf"),
            stopping=asyncio.Event(),
        )


def cut_feeds(config: SenderConfig, templates: Templates) -> list[SignalFeed]:
    """Cut every template into blocks. Raises TemplateError for an event over the message limit."""
    sending = config.sending
    rate = sending.rate_limit.intended
    most = None if rate is None else max(1, int(rate * sending.rate_limit.burst_seconds))
    feeds: list[SignalFeed] = []
    for signal, template in templates.items():
        limits = Limits(sending.batch_size.of(signal), config.otlp.max_message_size, most)
        bounds = block_bounds(template.plan, limits)
        feeds.append(SignalFeed(template.plan, bounds, sending.multiplier or None))
    return feeds


def make_stampers(
    config: SenderConfig, templates: Templates, seed: int, clock: Clock
) -> dict[Signal, Stamper]:
    """Return a stamper for each signal of a run that starts now."""
    keys = RunKeys.from_seed(seed)
    timing = Timing(config.timestamps.jitter_nanos, config.timestamps.backdate_nanos)
    plans = [template.plan for template in templates.values()]
    identity = Identity(
        keys,
        spans=max(plan.spans for plan in plans),
        traces=max(plan.traces for plan in plans),
        profiles=max(plan.profile_numbers for plan in plans),
    )
    trace_end = max((plan.trace_end for plan in plans), key=len)
    trace_times = TraceTimes(trace_end, keys.jitter, timing)
    start = clock.unix_nanos()
    return {
        signal: Stamper(template, identity, timing, trace_times, start)
        for signal, template in templates.items()
    }


def _pacer(sending: SendingConfig) -> Pacer:
    rate = sending.rate_limit.intended
    if rate is None:
        return NoPacer()
    return SchedulePacer(ConstantLoad(rate), sending.rate_limit.burst_seconds)


def _backoff(retry: RetryConfig) -> Backoff:
    # Backoff has to differ between senders, so it is the one thing that no seed decides.
    jitter = random.SystemRandom()
    return Backoff(retry.max_attempts, retry.initial_backoff, retry.max_backoff, jitter.random)


def _loaded(template: Template) -> str:
    plan = template.plan
    source = "plan from cache" if template.was_cached else "plan made"
    traces = f" in {plan.traces:,} traces" if plan.signal is Signal.TRACES else ""
    noun = plan.signal.event_noun
    size = format_size(plan.size)
    return f"loaded {plan.signal}: {plan.events:,} {noun}{traces}, {size} ({source})"


class _LoadingProgress:
    """Says from time to time how far the making of a plan has come."""

    _STEP = 256 << 20

    def __init__(self, out: Callable[[str], None]) -> None:
        self._out = out
        self._next = self._STEP

    def __call__(self, signal: Signal, done: int, size: int) -> None:
        """Print a line for every 256 MB."""
        if done >= self._next:
            self._out(f"reading {signal}: {format_size(done)} of {format_size(size)}")
            self._next = done + self._STEP
        elif done < self._next - self._STEP:
            self._next = self._STEP
