"""Whole replays in virtual time: real feed, pacer, stampers and workers, a sink of the test."""

import asyncio
import os
import signal as os_signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from core_support import COMMITTED, COMMITTED_SIGNALS, START, templates_of
from sender_results import make_config
from telemetry_common.signals import Signal
from telemetry_common.template import Template
from telemetry_sender.clock import Clock
from telemetry_sender.config.model import SenderConfig
from telemetry_sender.loading import Printer
from telemetry_sender.pace.build import make_pacers
from telemetry_sender.results.counters import SignalCounters
from telemetry_sender.results.result import Outcome
from telemetry_sender.results.stats import RunStats
from telemetry_sender.results.watch.console import PlainLines
from telemetry_sender.sending.build import make_pipeline
from telemetry_sender.sending.cutting import cut_bounds, make_feeds
from telemetry_sender.sending.feed import Feed
from telemetry_sender.sending.recorded_pace import recorded_loads
from telemetry_sender.sending.shares import share_workers
from telemetry_sender.sending.supervisor import supervise
from telemetry_sender.sending.workers import Pipeline
from telemetry_sender.sinks.base import EncoderFactory, Encoding
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.stamping.build import make_stampers
from virtual_time import VirtualClock, run_virtually

SEED = 5


@dataclass(slots=True)
class Request:
    """One write: what was sent, and when it began and ended in virtual seconds."""

    signal: Signal
    payload: bytes
    began: float
    ended: float = float("nan")


@dataclass
class RecordingSink:
    """Remembers all writes; `seconds` says how long each takes, `answer` what becomes of it."""

    seconds: Callable[[int], float] = lambda _: 0.0
    answer: Callable[[int], Delivery] = lambda _: Delivery()
    requests: list[Request] = field(default_factory=list)
    encoding: Encoding | EncoderFactory = Encoding.PROTOBUF

    async def open(self) -> None:
        """Do nothing."""

    async def write(self, signal: Signal, payload: bytes) -> Delivery:
        """Take as long as `seconds` says."""
        number, loop = len(self.requests), asyncio.get_running_loop()
        request = Request(signal, payload, loop.time())
        self.requests.append(request)
        await asyncio.sleep(self.seconds(number))
        request.ended = loop.time()
        return self.answer(number)

    async def close(self) -> None:
        """Do nothing."""

    def payloads(self, signal: Signal) -> list[bytes]:
        """Return what was sent of a signal, in the order of sending."""
        return [each.payload for each in self.requests if each.signal is signal]


@dataclass(frozen=True, slots=True)
class Replay:
    """An ended replay."""

    outcome: Outcome
    stats: RunStats
    seconds: float
    """How long it took, virtually."""

    @property
    def totals(self) -> SignalCounters:
        """The counters of all signals together."""
        return self.stats.totals()


@cache
def committed_templates() -> Mapping[Signal, Template]:
    """Return the committed set."""
    return templates_of(
        {name: (COMMITTED / f"small-{name}.pb").read_bytes() for name in COMMITTED_SIGNALS}
    )


def subset(names: set[Signal]) -> Mapping[Signal, Template]:
    """Return some signals of the set; logs need no traces to be sent."""
    chosen = names | ({Signal.TRACES} if names & {Signal.LOGS, Signal.METRICS} else set())
    return {name: each for name, each in committed_templates().items() if name in chosen}


def replay(
    sink: RecordingSink,
    templates: Mapping[Signal, Template] | None = None,
    *,
    stop_at: Sequence[float] = (),
    out: Printer = lambda _: None,
    timestamps: Mapping[str, Any] = MappingProxyType({}),
    **sending: Any,
) -> Replay:
    """Replay with these `sending` settings; SIGTERM comes at each of the seconds `stop_at`.

    `out` gets the statistics lines.
    """
    if not (timestamps or "shape" in sending):
        sending.setdefault("rate_limit", {"events_per_second": 0})
    config = make_config(sending=sending, timestamps=dict(timestamps))
    return run_virtually(_replayed(sink, templates or committed_templates(), config, stop_at, out))


async def _replayed(
    sink: RecordingSink,
    templates: Mapping[Signal, Template],
    config: SenderConfig,
    stop_at: Sequence[float],
    out: Printer,
) -> Replay:
    clock, stats = VirtualClock(START), RunStats(templates)
    pipeline = _pipeline(sink, templates, config, clock, stats)
    for seconds in stop_at:
        asyncio.get_running_loop().call_later(seconds, os.kill, os.getpid(), os_signal.SIGTERM)
    workers = share_workers(config.sending.concurrency, pipeline.feed.events)
    outcome = await supervise(pipeline, workers, config.sending, PlainLines(out))
    return Replay(outcome, stats, pipeline.elapsed)


def _pipeline(
    sink: RecordingSink,
    templates: Mapping[Signal, Template],
    config: SenderConfig,
    clock: Clock,
    stats: RunStats,
) -> Pipeline:
    bounds = cut_bounds(config, templates)
    whole = {signal: range(len(cuts) - 1) for signal, cuts in bounds.items()}
    feeds = make_feeds(config, templates, bounds, whole)
    events = {feed.signal: feed.events for feed in feeds}
    recorded = recorded_loads(config, templates, bounds, whole)
    pacers = make_pacers(config.sending, events, seed=SEED, recorded=recorded)
    return make_pipeline(
        config.sending,
        list(templates),
        feed=Feed(feeds, in_step=pacers.in_step),
        pacers=pacers,
        stampers=make_stampers(config.timestamps, templates, SEED, clock.unix_nanos()),
        sink=sink,
        stats=stats,
        clock=clock,
        origin=clock.seconds(),
        random=lambda: 1.0,
    )
