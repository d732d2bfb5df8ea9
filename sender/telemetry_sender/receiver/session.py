"""One session of the receiver: from binding to the report."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime

import uvloop

from telemetry_common.interrupts import ENDING_SIGNALS
from telemetry_sender.allocator import keep_large_buffers
from telemetry_sender.receiver.address import Address
from telemetry_sender.receiver.faults.counts import FaultCounts
from telemetry_sender.receiver.garbage import collect_rarely
from telemetry_sender.receiver.reception import Reception
from telemetry_sender.receiver.server.grpc_server import serving_grpc
from telemetry_sender.receiver.server.http_server import serving_http
from telemetry_sender.receiver.server.tls import Tls


@dataclass(frozen=True, slots=True)
class Listeners:
    """Where a receiver listens, None for a protocol that it leaves out, and how."""

    grpc: Address | None
    http: Address | None
    max_message_bytes: int
    tls: Tls | None = None
    decode: bool = True
    """Whether JSON is made into protobuf; not needed to count requests and bytes."""


@dataclass(frozen=True, slots=True)
class Session:
    """When and where a receiver listened, and what it did on purpose."""

    address: Address | None
    """Of gRPC."""
    started_at: datetime
    duration_seconds: float
    http_address: Address | None = None
    faults: FaultCounts = field(default_factory=FaultCounts)


@dataclass(frozen=True, slots=True)
class Bound:
    """The addresses with the ports that were chosen."""

    grpc: Address | None
    http: Address | None


def listen(
    reception: Reception,
    listeners: Listeners,
    *,
    duration_seconds: float,
    announce: Callable[[Bound], None],
) -> Session:
    """Serve OTLP until SIGINT, SIGTERM or the end of `duration_seconds` (0: no end).

    `announce` is called once, with the bound addresses. Raises RunError when one cannot be bound.
    """
    keep_large_buffers()
    collect_rarely()
    return uvloop.run(_listen(reception, listeners, duration_seconds or None, announce))


async def _listen(
    reception: Reception,
    listeners: Listeners,
    limit_seconds: float | None,
    announce: Callable[[Bound], None],
) -> Session:
    stop = _stop_on_signals()
    async with AsyncExitStack() as servers:
        bound = await _bind(servers, reception, listeners)
        # Before the servers wait for what is in flight.
        servers.callback(reception.close)
        started_at, start = datetime.now(UTC), time.monotonic()
        announce(bound)
        await _stopped(stop, limit_seconds)
    took = time.monotonic() - start
    return Session(bound.grpc, started_at, took, bound.http, reception.counts)


async def _bind(servers: AsyncExitStack, reception: Reception, listeners: Listeners) -> Bound:
    limit, tls = listeners.max_message_bytes, listeners.tls
    grpc = http = None
    if listeners.grpc is not None:
        grpc = await servers.enter_async_context(
            serving_grpc(reception, listeners.grpc, limit, tls)
        )
    if listeners.http is not None:
        http = await servers.enter_async_context(
            serving_http(reception, listeners.http, limit, tls, decode=listeners.decode)
        )
    return Bound(grpc, http)


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in ENDING_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _stopped(stop: asyncio.Event, limit_seconds: float | None) -> None:
    try:
        async with asyncio.timeout(limit_seconds):
            await stop.wait()
    except TimeoutError:
        return
