"""One process's part of a run: sink, feeds, pacers, stampers and workers put together."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.clock import Clock
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.pace.build import make_pacers
from telemetry_sender.processes.order import Order, Origin
from telemetry_sender.processes.preparing import prepare_texts
from telemetry_sender.results.links import LinkWatch
from telemetry_sender.results.result import RunResult
from telemetry_sender.results.sample import Observer, Sample
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sending.build import make_pipeline
from telemetry_sender.sending.cutting import make_feeds
from telemetry_sender.sending.feed import Feed
from telemetry_sender.sending.recorded_pace import recorded_loads
from telemetry_sender.sending.shares import share_workers
from telemetry_sender.sending.supervisor import Listener, stop_on_signals, supervise
from telemetry_sender.sending.workers import Pipeline
from telemetry_sender.sinks.base import Encoding, Sink
from telemetry_sender.sinks.destination import secrets
from telemetry_sender.sinks.headers import redactor
from telemetry_sender.sinks.registry import SinkSetting, find_sink
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.build import make_stampers
from telemetry_sender.text.texts import make_texts
from telemetry_sender.transformers.registry import make_transformers
from telemetry_sender.transformers.stamper import with_transformers

Templates = Mapping[Signal, Template]
Redact = Callable[[str], str]


def make_sink(config: SenderConfig, environ: Mapping[str, str]) -> Sink:
    """Return the configured sink, not yet open. Raises ConfigError for what it cannot use."""
    return find_sink(config.sink)(SinkSetting(config, environ, tuple(config.input.files)))


def make_redactor(order: Order) -> Redact:
    """Return what removes the run's secrets from the messages of receivers."""
    return redactor(secrets(order.config.otlp, order.environ))


class PartReplay:
    """Sends the blocks that an order names, once: open, go, close."""

    def __init__(
        self,
        order: Order,
        templates: Templates,
        stats: RunStats,
        clock: Clock,
        on_stop: Listener = stop_on_signals,
    ) -> None:
        self._order = order
        self._templates = templates
        self._stats = stats
        self._clock = clock
        self._on_stop = on_stop
        self.sink = make_sink(order.config, order.environ)
        self._texts = make_texts(templates) if self.sink.encoding is Encoding.JSON else None

    async def open(self) -> None:
        """Connect, and make requests of text ready as far as that takes no longer than a while.

        Raises RunError when the destination cannot be reached.
        """
        await self.sink.open()
        if self._texts is not None:
            await prepare_texts(self._texts, self._templates, self._order, self._clock)

    async def close(self) -> None:
        """Release the sink; safe without `open`."""
        await self.sink.close()

    async def go(self, origin: Origin, observe: Observer) -> RunResult:
        """Send from `origin` on until the run ends; the sink stays open."""
        usage, started_at = ProcessUsage.now(), datetime.fromtimestamp(origin.unix_nanos / 1e9, UTC)
        pipeline = self._pipeline(origin)
        workers = share_workers(self._order.concurrency, self._order.events)
        sending = self._order.config.sending
        links = LinkWatch(self._ports())

        def watch(sample: Sample) -> None:
            links.look()
            observe(sample)

        outcome = await supervise(pipeline, workers, sending, watch, on_stop=self._on_stop)
        return RunResult(
            config=self._order.config,
            seed=self._order.seed,
            started_at=started_at,
            duration_seconds=pipeline.elapsed,
            outcome=outcome,
            failure=pipeline.courier.availability.failure,
            stats=self._stats,
            events_per_pass=self._order.events,
            usage=ProcessUsage.now().since(usage),
            link=links.use,
        )

    def _ports(self) -> set[int]:
        """Return the ports of the TCP connections that the run may have."""
        found = (self._order.config.otlp.endpoint_of(signal) for signal in self._templates)
        return {each.port for each in found if each is not None and each.socket_path is None}

    def _pipeline(self, origin: Origin) -> Pipeline:
        order, sending = self._order, self._order.config.sending
        feeds = make_feeds(order.config, self._templates, order.bounds, order.owned)
        pacers = make_pacers(
            sending,
            order.events,
            seed=order.seed,
            whole=order.whole,
            part=order.part.number,
            recorded=recorded_loads(order.config, self._templates, order.bounds, order.owned),
        )
        return make_pipeline(
            sending,
            list(self._templates),
            feed=Feed(feeds, in_step=pacers.in_step),
            pacers=pacers,
            stampers=self._stampers(origin),
            sink=self.sink,
            stats=self._stats,
            clock=self._clock,
            origin=origin.seconds,
            # Backoff has to differ between senders, so it is the one thing that no seed decides.
            random=random.SystemRandom().random,
        )

    def _stampers(self, origin: Origin) -> Mapping[Signal, BlockStamper]:
        order = self._order
        stampers = make_stampers(
            order.config.timestamps,
            self._templates,
            order.seed,
            origin.unix_nanos,
            self.sink.encoding,
            self._texts,
        )
        transformers = make_transformers(order.config.transformers, order.environ, "send")
        return with_transformers(stampers, transformers)
