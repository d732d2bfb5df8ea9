"""One session of the receiver: from binding to the report."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import uvloop

from telemetry_common.interrupts import ENDING_SIGNALS
from telemetry_sender.allocator import keep_large_buffers
from telemetry_sender.receiver.intake import Intake
from telemetry_sender.receiver.server import Address, listening


@dataclass(frozen=True, slots=True)
class Session:
    """When and where a receiver listened."""

    address: Address
    started_at: datetime
    duration_seconds: float


def listen(
    intake: Intake,
    address: Address,
    *,
    max_message_bytes: int,
    duration_seconds: float,
    announce: Callable[[Address], None],
) -> Session:
    """Serve OTLP until SIGINT, SIGTERM or the end of `duration_seconds` (0: no end).

    `announce` is called once, with the bound address. Raises RunError when it cannot be bound.
    """
    keep_large_buffers()
    return uvloop.run(
        _listen(intake, address, max_message_bytes, duration_seconds or None, announce)
    )


async def _listen(
    intake: Intake,
    address: Address,
    max_message_bytes: int,
    limit_seconds: float | None,
    announce: Callable[[Address], None],
) -> Session:
    stop = _stop_on_signals()
    async with listening(intake, address, max_message_bytes) as bound:
        started_at, start = datetime.now(UTC), time.monotonic()
        announce(bound)
        await _stopped(stop, limit_seconds)
    return Session(bound, started_at, time.monotonic() - start)


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
