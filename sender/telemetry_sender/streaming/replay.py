"""Sends a stream: like a replay of a set, but its segments come while it goes on."""

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime

import uvloop

from telemetry_common.errors import ConfigError
from telemetry_common.signals import Signal
from telemetry_sender.allocator import keep_large_buffers
from telemetry_sender.clock import SystemClock
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.loading import Printer
from telemetry_sender.pace.build import make_pacers
from telemetry_sender.results.result import RunResult
from telemetry_sender.results.sample import Observer
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sending.build import make_pipeline
from telemetry_sender.sending.carry_out import carry_out
from telemetry_sender.sending.volume import Volume
from telemetry_sender.sending.workers import Pipeline
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.destination import make_redactor
from telemetry_sender.sinks.registry import make_sink
from telemetry_sender.sinks.request_limit import request_limits
from telemetry_sender.sinks.several import leaf_sinks
from telemetry_sender.streaming.segment import SegmentOpener
from telemetry_sender.streaming.segment_feed import SegmentFeed
from telemetry_sender.streaming.segment_stamper import SegmentStamper
from telemetry_sender.streaming.sources import FileSource, SegmentSource, StreamSource
from telemetry_sender.transformers.registry import make_transformers
from telemetry_sender.transformers.stamper import with_transformers

# About as long as most events are; what is written soon says better.
_EVENT_BYTES = 300.0


def run_stream(
    config: SenderConfig,
    seed: int,
    environ: Mapping[str, str],
    out: Printer,
    observe: Observer,
) -> RunResult:
    """Send the configured stream and return how that went. Raises StampedeError."""
    source = _source(config)
    _check_passes(config, source)
    keep_large_buffers()
    sink = make_sink(config, environ, source.signals)
    stats = RunStats(source.signals, make_redactor(config.otlp, environ))
    out(f"streaming {', '.join(source.signals)} from {source}")
    out(f"sending to {sink}")
    replay = _StreamReplay(config, seed, environ, source, sink, stats)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(replay.go(observe))


def _source(config: SenderConfig) -> SegmentSource:
    if config.input.stream is not None:
        return StreamSource(config.input.stream)
    return FileSource(config.input.files)


def _check_passes(config: SenderConfig, source: SegmentSource) -> None:
    if config.sending.multiplier > 1 and not source.repeatable:
        problem = f"{source} can be read only once"
        raise ConfigError(
            "sending.multiplier", problem, "set it to 1, or keep the stream in a file"
        )


class _StreamReplay:
    def __init__(
        self,
        config: SenderConfig,
        seed: int,
        environ: Mapping[str, str],
        source: SegmentSource,
        sink: Sink,
        stats: RunStats,
    ) -> None:
        self._config = config
        self._environ = environ
        self._seed = seed
        self._source = source
        self._sink = sink
        self._stats = stats
        self._clock = SystemClock()

    async def go(self, observe: Observer) -> RunResult:
        """Open the sink, send until the stream or the run ends, and close the sink."""
        try:
            await self._sink.open()
            before, started_at = ProcessUsage.now(), datetime.now(UTC)
            return await carry_out(
                self._pipeline(),
                self._workers(),
                self._config,
                seed=self._seed,
                started_at=started_at,
                before=before,
                events_per_pass={},
                observe=observe,
            )
        finally:
            await self._sink.close()

    def _workers(self) -> dict[Signal, int]:
        """Give every signal the same number of workers: which has more events is not known.

        A single one keeps files in the order of the stream.
        """
        signals = self._source.signals
        if self._config.is_local:
            return dict.fromkeys(signals, 1)
        return dict.fromkeys(signals, max(1, self._config.sending.concurrency // len(signals)))

    def _pipeline(self) -> Pipeline:
        sending, signals = self._config.sending, list(self._source.signals)
        opener = SegmentOpener(
            self._config,
            self._seed,
            self._clock.unix_nanos(),
            self._sink.encoding,
            make_transformers(self._config.transformers, self._environ, "load"),
            request_limits(leaf_sinks(self._sink)),
        )
        feed = SegmentFeed(opener.opened(self._source, sending.multiplier or None), signals)
        stampers = {signal: SegmentStamper(feed, signal) for signal in signals}
        transformers = make_transformers(self._config.transformers, self._environ, "send")
        return make_pipeline(
            sending,
            signals,
            feed=feed,
            pacers=make_pacers(sending, feed.events, seed=self._seed),
            stampers=with_transformers(stampers, transformers),
            sink=self._sink,
            stats=self._stats,
            clock=self._clock,
            origin=self._clock.seconds(),
            random=random.SystemRandom().random,
            volume=Volume(sending.size, dict.fromkeys(signals, _EVENT_BYTES)),
        )
