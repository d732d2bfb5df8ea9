"""What every sink promises, whatever its protocol; a new one joins by a line in PEERS."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import pytest

from otlp_peer import PROTOCOLS, peer_of
from otlp_server import REQUESTS
from sinks_at import sink_at
from telemetry_common.signals import Signal
from telemetry_sender.config.sinks import LOCAL_SINKS
from telemetry_sender.sinks.base import Encoding, Sink
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.registry import sink_names


@asynccontextmanager
async def discard() -> AsyncIterator[Sink]:
    yield sink_at("discard")


@asynccontextmanager
async def otlp(protocol: str) -> AsyncIterator[Sink]:
    async with peer_of(protocol) as peer:
        yield sink_at("otlp", f"http://{peer.endpoint}", protocol=protocol)


SinkContext = Callable[[], AbstractAsyncContextManager[Sink]]

SINKS: dict[str, SinkContext] = {
    "discard": discard,
    **{f"otlp {protocol}": partial(otlp, protocol) for protocol in PROTOCOLS},
}
"""By the name of a sink, and its protocol: what yields it, with all that it needs around it."""

every_sink = pytest.mark.parametrize("running", SINKS.values(), ids=list(SINKS))


def test_every_built_in_sink_is_under_contract() -> None:
    """Those that leave files behind have a contract of their own."""
    assert set(sink_names()) - LOCAL_SINKS == {name.partition(" ")[0] for name in SINKS}


@every_sink
async def test_it_says_what_its_requests_are_made_of(running: SinkContext) -> None:
    async with running() as sink:
        assert isinstance(sink.encoding, Encoding)


@every_sink
async def test_it_takes_requests_of_every_signal(running: SinkContext) -> None:
    async with running() as sink:
        await sink.open()
        for signal in Signal:
            delivery = await sink.write(signal, REQUESTS[signal]().SerializeToString())
            assert delivery == Delivery()
            assert delivery.ok
        await sink.close()


@every_sink
async def test_it_takes_many_requests_at_a_time(running: SinkContext) -> None:
    async with running() as sink:
        await sink.open()
        writes = (sink.write(signal, b"") for signal in [*Signal] * 25)
        deliveries = await asyncio.gather(*writes)
        await sink.close()
    assert deliveries == [Delivery()] * 100


@every_sink
async def test_closing_is_safe_without_opening(running: SinkContext) -> None:
    async with running() as sink:
        await sink.close()


@every_sink
async def test_closing_is_safe_twice(running: SinkContext) -> None:
    async with running() as sink:
        await sink.open()
        await sink.close()
        await sink.close()


@every_sink
async def test_a_write_can_be_cancelled_and_the_sink_still_works(running: SinkContext) -> None:
    async with running() as sink:
        await sink.open()
        write = asyncio.ensure_future(sink.write(Signal.TRACES, b""))
        await asyncio.sleep(0)
        write.cancel()
        with pytest.raises(asyncio.CancelledError):
            await write
        assert await sink.write(Signal.TRACES, b"") == Delivery()
        await sink.close()
