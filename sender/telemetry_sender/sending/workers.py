"""Workers take blocks, wait until they are due, stamp them and see them delivered."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from telemetry_common.planning.cut import Block
from telemetry_common.signals import Signal
from telemetry_sender.clock import Clock
from telemetry_sender.pace.pacers import Pacers
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sending.block_feed import BlockFeed
from telemetry_sender.sending.courier import Courier
from telemetry_sender.sending.deferred import DeferredQueue
from telemetry_sender.sending.feed import LateBlock, Ticket
from telemetry_sender.sending.request import Request
from telemetry_sender.sending.splitting import pieces
from telemetry_sender.stamping.base import BlockStamper

# Event loops count timers in milliseconds; shorter waits would spin.
_SHORTEST_WAIT = 0.001


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Everything between a template set and its destination, shared by the workers of a run."""

    feed: BlockFeed
    pacers: Pacers
    stampers: Mapping[Signal, BlockStamper]
    courier: Courier
    deferred: DeferredQueue
    stats: RunStats
    clock: Clock
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
        pacer, volume = self.pacers.of(signal), self.courier.volume
        while await self.feed.turn(signal):
            # Time behind the end asks for nothing, so the pacer must not count it as lost.
            now = min(self.elapsed, self.duration)
            room = min(pacer.room(self.duration, now), volume.room(signal))
            ticket = self.feed.take(signal, room)
            if ticket is None:
                return
            events = ticket.block.events
            volume.begin(signal, events)
            due = pacer.admit(events, now)
            try:
                if not await self._becomes_due(due):
                    return
                await self._send(ticket, due)
            finally:
                volume.end(signal, events)
                self.feed.done(ticket)

    async def work_late(self) -> None:
        """Send what was held back as it becomes due, until there is no more to come.

        It is paid for then, and does not queue behind what the workers have taken in advance.
        """
        while (request := await self.deferred.take()) is not None:
            self.pacers.of(request.signal).admit(request.events, min(self.elapsed, self.duration))
            await self._deliver([request])

    def drop_deferred(self) -> None:
        """Count what is still held back as dropped."""
        for request in self.deferred.drain():
            self.stats.dropped(request.signal, request.events, deferred=True)

    async def _becomes_due(self, due: float) -> bool:
        """Wait until `due`; False when the run was stopped before."""
        while (delay := due - self.elapsed) > 0:
            if self.stopping.is_set():
                return False
            await self.clock.wait(self.stopping, max(delay, _SHORTEST_WAIT))
        return True

    async def _send(self, ticket: Ticket, due: float) -> None:
        """Stamp and deliver a block that is due, and count what becomes of it."""
        self.stats.scheduled(ticket.signal, ticket.block.events)
        now = self.clock.unix_nanos()
        for late in ticket.late:
            self._hold_back(ticket, late, now)
        await self._deliver(self._stamped(ticket, ticket.block, now, due))

    def _hold_back(self, ticket: Ticket, late: LateBlock, now: int) -> None:
        """Stamp what is to follow later while the times of its traces are at hand."""
        self.stats.scheduled(ticket.signal, late.block.events)
        self.stats.deferred(ticket.signal, late.block.events)
        for request in self._stamped(ticket, late.block, now, self.elapsed + late.delay):
            if not self.deferred.put(request._replace(is_late=True)):
                self.stats.dropped(ticket.signal, request.events, deferred=True)

    def _stamped(self, ticket: Ticket, block: Block, now: int, due: float) -> list[Request]:
        """Stamp a block, in pieces where the receiver is known to refuse its size."""
        signal, plan, number = ticket.signal, ticket.plan, ticket.pass_number
        stamp = self.stampers[signal].stamp
        return [
            Request(signal, plan, piece, number, now, due, stamp(piece, number, now))
            for piece in pieces(plan, block, self.courier.limits[signal])
        ]

    async def _deliver(self, requests: list[Request]) -> None:
        """Deliver requests one after another, and in halves those that are too large."""
        waiting = requests[::-1]
        try:
            while waiting:
                request = waiting.pop()
                halves = await self.courier.deliver(request)
                waiting += [self._part(request, half) for half in reversed(halves)]
        finally:
            # Empty unless the run is cut off.
            for request in waiting:
                self.courier.give_up(request)

    def _part(self, whole: Request, block: Block) -> Request:
        """Stamp a part of a request with the ids and times of the whole."""
        stamp = self.stampers[whole.signal].stamp
        payload = stamp(block, whole.pass_number, whole.stamped_at)
        return whole._replace(block=block, payload=payload, is_part=True)
