"""One process's part of a run: sink, feeds, pacers, stampers and workers put together."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime

from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.clock import Clock
from telemetry_sender.pace.build import make_pacers
from telemetry_sender.processes.order import Order, Origin
from telemetry_sender.processes.outlet import Outlet, make_outlet
from telemetry_sender.processes.preparing import prepare_blocks
from telemetry_sender.results.result import RunResult
from telemetry_sender.results.sample import Observer
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.usage import ProcessUsage
from telemetry_sender.sending.build import make_pipeline
from telemetry_sender.sending.carry_out import carry_out
from telemetry_sender.sending.cutting import make_feeds
from telemetry_sender.sending.feed import Feed
from telemetry_sender.sending.recorded_pace import recorded_loads
from telemetry_sender.sending.shares import share_workers
from telemetry_sender.sending.supervisor import Listener, stop_on_signals
from telemetry_sender.sending.volume import Volume
from telemetry_sender.sending.workers import Pipeline
from telemetry_sender.stamping.base import BlockStamper
from telemetry_sender.stamping.build import make_stampers
from telemetry_sender.transformers.registry import make_transformers
from telemetry_sender.transformers.stamper import with_transformers

Templates = Mapping[Signal, Template]


class PartReplay:
    """Sends the blocks that an order names, once: open, go, close."""

    def __init__(
        self,
        order: Order,
        templates: Templates,
        stats: RunStats,
        clock: Clock,
        on_stop: Listener = stop_on_signals,
        outlet: Outlet | None = None,
    ) -> None:
        """Prepare to send, through an `outlet` that was made before, or one of its own."""
        self._order = order
        self._templates = templates
        self._stats = stats
        self._clock = clock
        self._on_stop = on_stop
        self.sink, self._encoders = outlet or make_outlet(order, templates)

    async def open(self) -> None:
        """Connect, and prepare blocks to be encoded as far as that takes no longer than a while.

        Raises RunError when the destination cannot be reached.
        """
        await self.sink.open()
        if not self._order.config.is_local:
            await prepare_blocks(self._encoders, self._templates, self._order, self._clock)

    async def close(self) -> None:
        """Release the sink; safe without `open`."""
        await self.sink.close()

    async def go(self, origin: Origin, observe: Observer) -> RunResult:
        """Send from `origin` on until the run ends; the sink stays open."""
        order, before = self._order, ProcessUsage.now()
        return await carry_out(
            self._pipeline(origin),
            self._workers(),
            order.config,
            seed=order.seed,
            started_at=datetime.fromtimestamp(origin.unix_nanos / 1e9, UTC),
            before=before,
            events_per_pass=order.events,
            observe=observe,
            on_stop=self._on_stop,
        )

    def _workers(self) -> dict[Signal, int]:
        """Return the workers of each signal; a single one keeps files in the order of the set."""
        events = self._order.events
        if self._order.config.is_local:
            return dict.fromkeys(events, 1)
        return share_workers(self._order.concurrency, events)

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
            volume=Volume(order.size, order.event_bytes),
        )

    def _stampers(self, origin: Origin) -> Mapping[Signal, BlockStamper]:
        order = self._order
        stampers = make_stampers(
            order.config.timestamps,
            self._templates,
            order.seed,
            origin.unix_nanos,
            self._encoders,
        )
        transformers = make_transformers(order.config.transformers, order.environ, "send")
        return with_transformers(stampers, transformers)
