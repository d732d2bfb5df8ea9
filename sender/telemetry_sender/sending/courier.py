"""Brings requests to the sink: tries again where that helps, and counts what becomes of each."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from telemetry_common.planning.cut import Block
from telemetry_common.signals import Signal
from telemetry_sender.clock import Clock
from telemetry_sender.pace.pacers import Pacers
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sending.availability import Availability, Gate, is_unavailable
from telemetry_sender.sending.budget import RetryBudget
from telemetry_sender.sending.request import Request
from telemetry_sender.sending.retry import Backoff
from telemetry_sender.sending.size_limit import SizeLimit
from telemetry_sender.sending.splitting import halves
from telemetry_sender.sending.volume import Volume
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.delivery import Delivery

_CUT_OFF = Delivery("CANCELLED", message="no answer before the grace period ended")


@dataclass(slots=True)
class _Tries:
    """How far one request has come."""

    was_sent: bool
    began: float = 0.0
    """When its first attempt began, of those that count."""
    started: float = 0.0
    """When its last attempt began."""
    delivery: Delivery = _CUT_OFF
    """The last answer."""
    attempts: int = 0
    ended: float = 0.0
    """When its last answer came, or it was cut off."""


@dataclass(frozen=True, slots=True)
class Courier:
    """Delivers the requests of a run; all workers share it."""

    sink: Sink
    limits: Mapping[Signal, SizeLimit]
    """What is known of how large requests may be."""
    pacers: Pacers
    stats: RunStats
    clock: Clock
    origin: float
    """The clock's seconds at the start of the run."""
    backoff: Backoff
    budget: RetryBudget
    availability: Availability
    volume: Volume
    """How much may still be written."""
    stopping: asyncio.Event
    """Set when the run is to end early."""

    @property
    def elapsed(self) -> float:
        """Seconds since the start of the run."""
        return self.clock.seconds() - self.origin

    async def deliver(self, request: Request) -> tuple[Block, ...]:
        """Deliver a request and count what becomes of it.

        Returns its halves instead where it is too large: they are to be stamped and delivered.
        """
        tries = _Tries(request.is_part)
        gate = self.availability.gate(request.signal)
        self.budget.earn()
        try:
            while await self._try(request, tries, gate):
                pass
        except BaseException:
            # Cut off: the last answer counts, and no answer is a failure.
            self._cut_off(request, tries)
            raise
        if tries.delivery.too_large and request.events > 1:
            return self._halves(request)
        self._settle(request, tries)
        return ()

    def give_up(self, request: Request) -> None:
        """Count a request that is not delivered because the run is cut off."""
        self._cut_off(request, _Tries(request.is_part))

    async def _try(self, request: Request, tries: _Tries, gate: Gate) -> bool:
        """Make one attempt, and wait before another one; False when there is none."""
        if not (gate.is_down and self.availability.waits):
            await self._write(request, tries, gate)
        elif not await self._write_when_up(request, tries, gate):
            return False
        delivery = tries.delivery
        if not delivery.retryable:
            return False
        if gate.is_down and self.availability.waits and is_unavailable(delivery):
            # What it tried before does not count when the endpoint is back.
            tries.attempts = 0
            return not self.stopping.is_set()
        return await self._pause(request, tries)

    async def _write(self, request: Request, tries: _Tries, gate: Gate) -> None:
        signal, size = request.signal, len(request.payload)
        count = self.stats.retried if tries.was_sent else self.stats.sent
        count(signal, request.events, size)
        tries.was_sent = True
        tries.started = self.elapsed
        if not tries.attempts:
            tries.began = tries.started
        delivery = await self.sink.write(signal, request.payload)
        tries.ended = self.elapsed
        self.stats.answered(signal, size, delivery, tries.ended - tries.started)
        tries.delivery = delivery
        tries.attempts += 1
        gate.heard(delivery, tries.ended)

    async def _write_when_up(self, request: Request, tries: _Tries, gate: Gate) -> bool:
        """Wait for the endpoint, or until it is this request's turn to try; False for a stop.

        The request that tries holds the line until it has its answer.
        """
        gate.waiting += 1
        try:
            async with gate.line:
                if gate.is_down:
                    await self.clock.wait(self.stopping, self.backoff.wait(gate.probes + 1))
                    if not self.stopping.is_set():
                        await self._write(request, tries, gate)
                    return not self.stopping.is_set()
        finally:
            gate.waiting -= 1
        await self._write(request, tries, gate)
        return True

    async def _pause(self, request: Request, tries: _Tries) -> bool:
        """Wait as long as a retry has to; False when there is to be none."""
        elapsed = tries.ended - tries.began
        pause = self.backoff.pause(tries.attempts, tries.delivery, elapsed)
        if pause is None or self.stopping.is_set():
            return False
        if not self.budget.spend():
            self.stats.refused_retry(request.signal)
            return False
        await self.clock.wait(self.stopping, pause)
        return not self.stopping.is_set()

    def _halves(self, request: Request) -> tuple[Block, ...]:
        self.limits[request.signal].refused(request.block.size)
        self.stats.split(request.signal)
        return halves(request.plan, request.block)

    def _cut_off(self, request: Request, tries: _Tries) -> None:
        tries.ended = self.elapsed
        self._settle(request, tries)

    def _settle(self, request: Request, tries: _Tries) -> None:
        """Count the outcome of a request, which is its last answer."""
        signal, events, delivery = request.signal, request.events, tries.delivery
        if not tries.was_sent:
            self.stats.dropped(signal, events, deferred=request.is_late)
            return
        if delivery.ok:
            self.limits[signal].accepted(request.block.size)
            size = len(request.payload) if delivery.wire_bytes is None else delivery.wire_bytes
            self.volume.took(signal, events, size)
        # Of a part that was not tried there is neither time.
        ended = tries.ended or self.elapsed
        service, response = ended - (tries.started or ended), ended - request.due
        self.stats.delivered(signal, events, delivery, service, response)
        self.pacers.of(signal).answered(ended, response, ok=delivery.ok)
        self.availability.ended(signal, delivery)
