"""Notices that an endpoint is gone, so that requests wait for it instead of hammering it.

A circuit breaker for each signal, since each may have an endpoint of its own. It opens after a few
answers in a row that nobody is there; then one request at a time is the probe, with pauses that
grow, and any answer closes it again.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from telemetry_common.signals import Signal
from telemetry_sender.results.outage import Outage
from telemetry_sender.sinks.delivery import Delivery

IN_A_ROW = 5
"""Answers in a row that nobody is there, after which it is so; a retried request alone makes as
many by default."""

# A connection refused or lost, by the gRPC name that all sinks use, and what a proxy says whose
# backend is gone.
_NOBODY_THERE = {"UNAVAILABLE", "HTTP 502", "HTTP 503"}
# A request cut short says nothing about the endpoint: it may be slow, or the sender ended.
_TELLS_NOTHING = {"CANCELLED", "DEADLINE_EXCEEDED"}


def is_unavailable(delivery: Delivery) -> bool:
    """Tell whether nobody was there. A receiver that names a delay is there, and busy."""
    return delivery.code in _NOBODY_THERE and delivery.retry_after_seconds is None


@dataclass(slots=True)
class Gate:
    """Whether the endpoint of one signal is there, as its answers say."""

    is_down: bool = False
    since: float = 0.0
    """When the first of the answers in a row came that say so; seconds."""
    probes: int = 0
    """Requests that found it still down."""
    waiting: int = 0
    """Requests that wait for it."""
    line: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the request that probes; the others queue behind it."""
    _in_a_row: int = 0

    def heard(self, delivery: Delivery, now: float) -> None:
        """Learn from an answer that came `now`."""
        if is_unavailable(delivery):
            self._found_nobody(now)
        elif self._in_a_row and delivery.code not in _TELLS_NOTHING:
            self.is_down = False
            self._in_a_row = self.probes = 0

    def _found_nobody(self, now: float) -> None:
        if not self._in_a_row:
            self.since = now
        self._in_a_row += 1
        self.probes += self.is_down
        self.is_down = self.is_down or self._in_a_row >= IN_A_ROW


class Availability:
    """The gates of all signals, and what a missing endpoint means for the run."""

    def __init__(
        self, signals: Iterable[Signal], *, waits: bool, on_failure: Callable[[], None]
    ) -> None:
        """With `waits` requests wait for the endpoint; else the run fails, by `on_failure`."""
        self.waits = waits
        self._on_failure = on_failure
        self._gates = {signal: Gate() for signal in signals}
        self._lost_in_a_row = dict.fromkeys(self._gates, 0)
        self.failure = ""
        """Why the run has failed; empty while it has not."""

    def gate(self, signal: Signal) -> Gate:
        """Return the gate of a signal."""
        return self._gates[signal]

    def ended(self, signal: Signal, delivery: Delivery) -> None:
        """Learn of the final outcome of a request.

        One after which nothing can be written fails the run, and too many lost in a row may.
        """
        if delivery.is_fatal:
            self._fail(delivery.message)
        if delivery.ok or not is_unavailable(delivery):
            self._lost_in_a_row[signal] = 0
            return
        self._lost_in_a_row[signal] += 1
        if not self.waits and self._lost_in_a_row[signal] >= IN_A_ROW:
            self._fail(
                f"{IN_A_ROW} requests of {signal} in a row found nobody there ({delivery.code}); "
                "start the endpoint again, or let requests wait for it (sending.when_down: wait)"
            )

    def _fail(self, why: str) -> None:
        """End the run; the first reason counts."""
        if not self.failure:
            self.failure = why
            self._on_failure()

    def outage(self) -> Outage | None:
        """Return what waits for its endpoint at this moment; None when all are there."""
        down = {signal: gate for signal, gate in self._gates.items() if gate.is_down}
        if not (down and self.waits):
            return None
        return Outage(
            since=min(gate.since for gate in down.values()),
            signals=frozenset(down),
            waiting=sum(gate.waiting for gate in down.values()),
        )
