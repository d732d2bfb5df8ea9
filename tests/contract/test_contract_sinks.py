"""What every sink promises, whatever its protocol; a new one joins by a line in PEERS."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from otlp_server import REQUESTS, serving
from sinks_at import sink_at
from telemetry_common.signals import Signal
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.registry import sink_names


@asynccontextmanager
async def discard() -> AsyncIterator[Sink]:
    yield sink_at("discard")


@asynccontextmanager
async def otlp() -> AsyncIterator[Sink]:
    async with serving() as server:
        yield sink_at("otlp", f"http://{server.address}")


Peer = Callable[[], AbstractAsyncContextManager[Sink]]

PEERS: dict[str, Peer] = {"discard": discard, "otlp": otlp}
"""By the name of a sink: what yields it, with all that it needs around it."""

every_sink = pytest.mark.parametrize("peer", PEERS.values(), ids=list(PEERS))


def test_every_built_in_sink_is_under_contract() -> None:
    assert sorted(sink_names()) == sorted(PEERS)


@every_sink
async def test_it_takes_requests_of_every_signal(peer: Peer) -> None:
    async with peer() as sink:
        await sink.open()
        for signal in Signal:
            delivery = await sink.write(signal, REQUESTS[signal]().SerializeToString())
            assert delivery == Delivery()
            assert delivery.ok
        await sink.close()


@every_sink
async def test_it_takes_many_requests_at_a_time(peer: Peer) -> None:
    async with peer() as sink:
        await sink.open()
        writes = (sink.write(signal, b"") for signal in [*Signal] * 25)
        deliveries = await asyncio.gather(*writes)
        await sink.close()
    assert deliveries == [Delivery()] * 100


@every_sink
async def test_closing_is_safe_without_opening(peer: Peer) -> None:
    async with peer() as sink:
        await sink.close()


@every_sink
async def test_closing_is_safe_twice(peer: Peer) -> None:
    async with peer() as sink:
        await sink.open()
        await sink.close()
        await sink.close()


@every_sink
async def test_a_write_can_be_cancelled_and_the_sink_still_closes(peer: Peer) -> None:
    async with peer() as sink:
        await sink.open()
        write = asyncio.ensure_future(sink.write(Signal.TRACES, b""))
        await asyncio.sleep(0)
        write.cancel()
        with pytest.raises(asyncio.CancelledError):
            await write
        assert await sink.write(Signal.LOGS, b"") == Delivery()
        await sink.close()
