"""Workers take blocks, wait until they are due, stamp them and see them delivered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from telemetry_common.signals import Signal
from telemetry_sender.clock import Clock
from telemetry_sender.pace.pacers import Pacers
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sending.feed import Feed, Ticket
from telemetry_sender.sending.retry import Backoff
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.stamping.stamp import Stamper

# Event loops count timers in milliseconds; shorter waits would spin.
_SHORTEST_WAIT = 0.001

_CUT_OFF = Delivery("CANCELLED", message="no answer before the grace period ended")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything between a template set and its destination, shared by the workers of a run."""

    feed: Feed
    pacers: Pacers
    stampers: Mapping[Signal, Stamper]
    sink: Sink
    stats: RunStats
    clock: Clock
    backoff: Backoff
    origin: float
    """The clock's seconds at the start of the run."""
    duration: float
    """Seconds after which nothing becomes due any more; infinite for no limit."""
    stopping: asyncio.Event
    """Set when the run is to end early."""

    @property
    def elapsed(self) -> float:
        """Seconds since the start of the run."""
        return self.clock.seconds() - self.origin

    async def work(self, signal: Signal) -> None:
        """Send blocks of `signal` until there are no more, or the run ends."""
        pacer = self.pacers.of(signal)
        while await self.feed.turn(signal):
            # Time behind the end asks for nothing, so the pacer must not count it as lost.
            now = min(self.elapsed, self.duration)
            ticket = self.feed.take(signal, pacer.room(self.duration, now))
            if ticket is None:
                return
            due = pacer.admit(ticket.block.events, now)
            try:
                if not await self._becomes_due(due):
                    return
                await self._send(ticket, due)
            finally:
                self.feed.done(ticket)

    async def _becomes_due(self, due: float) -> bool:
        """Wait until `due`; False when the run was stopped before."""
        while (delay := due - self.elapsed) > 0:
            if self.stopping.is_set():
                return False
            await self.clock.wait(self.stopping, max(delay, _SHORTEST_WAIT))
        return True

    async def _send(self, ticket: Ticket, due: float) -> None:
        """Stamp and deliver a block that is due, and count what becomes of it."""
        signal, events = ticket.signal, ticket.block.events
        self.stats.scheduled(signal, events)
        now = self.clock.unix_nanos()
        payload = self.stampers[signal].stamp(ticket.block, ticket.pass_number, now)
        self.stats.sent(signal, events, len(payload))
        started = self.elapsed
        delivery = _CUT_OFF
        try:
            delivery = await self.sink.write(signal, payload)
            self.stats.answered(signal, len(payload), delivery, self.elapsed - started)
            attempts = 1
            while await self._tries_again(delivery, attempts):
                self.stats.retried(signal, events, len(payload))
                started = self.elapsed
                delivery = await self.sink.write(signal, payload)
                self.stats.answered(signal, len(payload), delivery, self.elapsed - started)
                attempts += 1
        finally:
            # Also when it is cut off: the last answer counts, and no answer is a failure.
            self._count(ticket, delivery, started, due)

    async def _tries_again(self, delivery: Delivery, attempts: int) -> bool:
        """Wait before another attempt; False when there is none."""
        pause = self.backoff.pause(attempts, delivery)
        if pause is None or self.stopping.is_set():
            return False
        await self.clock.wait(self.stopping, pause)
        return not self.stopping.is_set()

    def _count(self, ticket: Ticket, delivery: Delivery, started: float, due: float) -> None:
        signal, ended = ticket.signal, self.elapsed
        self.stats.delivered(signal, ticket.block.events, delivery, ended - started, ended - due)
        self.pacers.of(signal).answered(ended, ended - due, ok=delivery.ok)
