"""Puts the pipeline of a run together from its parts."""

import asyncio
from collections.abc import Callable, Collection, Mapping

from telemetry_common.signals import Signal
from telemetry_sender.clock import Clock
from telemetry_sender.config.sending import SendingConfig, WhenDown
from telemetry_sender.pace.pacers import Pacers
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sending.availability import Availability
from telemetry_sender.sending.block_feed import BlockFeed
from telemetry_sender.sending.budget import RetryBudget
from telemetry_sender.sending.courier import Courier
from telemetry_sender.sending.deferred import DeferredQueue
from telemetry_sender.sending.retry import Backoff
from telemetry_sender.sending.size_limit import SizeLimit
from telemetry_sender.sending.volume import Volume
from telemetry_sender.sending.workers import Pipeline
from telemetry_sender.sinks.base import Sink
from telemetry_sender.stamping.base import BlockStamper


def make_pipeline(
    sending: SendingConfig,
    signals: Collection[Signal],
    *,
    feed: BlockFeed,
    pacers: Pacers,
    stampers: Mapping[Signal, BlockStamper],
    sink: Sink,
    stats: RunStats,
    clock: Clock,
    origin: float,
    random: Callable[[], float],
    volume: Volume | None = None,
) -> Pipeline:
    """Return the pipeline of a run that starts at the clock's second `origin`.

    `random` returns numbers in 0..1 for the jitter of retries. Without a `volume` any number of
    bytes may be written.
    """
    stopping = asyncio.Event()
    retry, waits = sending.retry, sending.when_down is WhenDown.WAIT

    def end_failed() -> None:
        stopping.set()
        feed.stop()

    courier = Courier(
        sink=sink,
        limits={signal: SizeLimit() for signal in signals},
        pacers=pacers,
        stats=stats,
        clock=clock,
        origin=origin,
        backoff=Backoff.of(retry, random),
        budget=RetryBudget(retry.budget, retry.budget_reserve),
        availability=Availability(signals, waits=waits, on_failure=end_failed),
        volume=volume or Volume(0, {}),
        stopping=stopping,
    )
    return Pipeline(
        feed=feed,
        pacers=pacers,
        stampers=stampers,
        courier=courier,
        deferred=DeferredQueue(sending.deferred.max_pending, clock, origin),
        stats=stats,
        clock=clock,
        origin=origin,
        duration=sending.duration or float("inf"),
        stopping=stopping,
    )
