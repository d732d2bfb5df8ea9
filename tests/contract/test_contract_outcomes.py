"""What becomes of a request, over every protocol: each outcome of OTLP, and what arrives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core_support import encoded_sample
from integration.processes import free_port
from otlp_peer import PROTOCOLS, Kind, Peer, Reply, code_of, peer_of
from sinks_at import sink_at
from tcp_relay import relaying
from telemetry_common.errors import RunError
from telemetry_common.signals import Signal
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.delivery import Delivery

pytestmark = pytest.mark.parametrize("protocol", PROTOCOLS)
every_signal = pytest.mark.parametrize("signal", list(Signal))


@pytest.fixture
async def peer(protocol: str) -> AsyncIterator[Peer]:
    async with peer_of(protocol) as running:
        yield running


@asynccontextmanager
async def opened(protocol: str, endpoint: str, **otlp: Any) -> AsyncIterator[Sink]:
    sink = sink_at("otlp", endpoint, protocol=protocol, **otlp)
    try:
        await sink.open()
        yield sink
    finally:
        await sink.close()


async def delivered(
    protocol: str, peer: Peer, reply: Reply, signal: Signal = Signal.LOGS, **otlp: Any
) -> Delivery:
    """Return what becomes of a request that the peer answers so."""
    peer.reply = reply
    async with opened(protocol, f"http://{peer.endpoint}", **otlp) as sink:
        return await sink.write(signal, b"")


@every_signal
async def test_payload_bytes_arrive_unchanged(protocol: str, peer: Peer, signal: Signal) -> None:
    """Whatever they are made of: nothing looks into them on the way."""
    payloads = [encoded_sample(Random(number), signal) for number in range(20)]
    async with opened(protocol, f"http://{peer.endpoint}") as sink:
        for payload in payloads:
            assert (await sink.write(signal, payload)).ok
    arrived = peer.arrivals()
    assert [each.payload for each in arrived] == payloads
    assert {each.signal for each in arrived} == {signal}


async def test_a_request_of_megabytes_arrives(protocol: str, peer: Peer) -> None:
    # A field that no message knows, so that servers that decode find it sound.
    payload = b"\xaa\x06\xfa\xff\xbf\x01" + bytes(0x2FFFFA)
    async with opened(protocol, f"http://{peer.endpoint}") as sink:
        assert await sink.write(Signal.TRACES, payload) == Delivery()
    assert [each.payload for each in peer.arrivals()] == [payload]


@every_signal
@pytest.mark.parametrize("rejected", [0, 7])
async def test_a_partial_success_says_how_many_were_rejected_and_why(
    protocol: str, peer: Peer, signal: Signal, rejected: int
) -> None:
    """None rejected but a message is a warning. Neither may be retried."""
    reply = Reply(Kind.PARTIAL, "too old", rejected=rejected)
    delivery = await delivered(protocol, peer, reply, signal)
    assert delivery == Delivery(rejected=rejected, message="too old")
    assert (delivery.ok, delivery.retryable) == (True, False)


async def test_an_empty_partial_success_is_full_success(protocol: str, peer: Peer) -> None:
    assert await delivered(protocol, peer, Reply(Kind.PARTIAL)) == Delivery()


@pytest.mark.parametrize("delay", [None, 0, 3])
async def test_a_busy_receiver_is_tried_again_when_it_says(
    protocol: str, peer: Peer, delay: int | None
) -> None:
    reply = Reply(Kind.BUSY, "slow down", delay=delay)
    assert await delivered(protocol, peer, reply) == Delivery(
        code_of(protocol, Kind.BUSY),
        message="slow down",
        retryable=True,
        retry_after_seconds=delay,
    )


async def test_a_refusal_for_good_is_not_tried_again(protocol: str, peer: Peer) -> None:
    delivery = await delivered(protocol, peer, Reply(Kind.FORBIDDEN, "go away"))
    assert delivery == Delivery(code_of(protocol, Kind.FORBIDDEN), message="go away")
    assert not delivery.ok


async def test_a_request_that_is_too_large_is_told_as_such(protocol: str, peer: Peer) -> None:
    """The same bytes would be too large again."""
    delivery = await delivered(protocol, peer, Reply(Kind.TOO_LARGE))
    assert (delivery.code, delivery.too_large) == (code_of(protocol, Kind.TOO_LARGE), True)
    assert not delivery.retryable


async def test_an_answer_that_is_not_otlp_is_a_failure(protocol: str, peer: Peer) -> None:
    """Nobody knows what was taken, so it is not sent again."""
    delivery = await delivered(protocol, peer, Reply(Kind.GARBAGE))
    assert delivery == Delivery("INTERNAL", message="the response is not OTLP")


async def test_no_answer_within_the_timeout_is_deadline_exceeded(protocol: str, peer: Peer) -> None:
    delivery = await delivered(protocol, peer, Reply(Kind.NEVER), timeout=0.2)
    assert (delivery.code, delivery.retryable) == ("DEADLINE_EXCEEDED", True)
    assert delivery.message


async def test_after_a_timeout_the_next_request_works(protocol: str, peer: Peer) -> None:
    """The late answer of the first must not be taken for that of the second."""
    peer.reply = Reply(Kind.NEVER)
    async with opened(protocol, f"http://{peer.endpoint}", timeout=0.2) as sink:
        assert not (await sink.write(Signal.TRACES, b"")).ok
        peer.reply = Reply(Kind.PARTIAL, rejected=3)
        assert await sink.write(Signal.TRACES, b"") == Delivery(rejected=3)


async def test_a_connection_that_is_cut_is_unavailable_and_retryable(
    protocol: str, peer: Peer
) -> None:
    """The next request goes out over a new one."""
    peer.reply = Reply(Kind.NEVER)
    async with relaying(peer.port) as relay, opened(protocol, f"http://{relay.address}") as sink:
        write = asyncio.ensure_future(sink.write(Signal.TRACES, b""))
        await peer.reached.wait()
        relay.cut()
        delivery = await write
        assert (delivery.code, delivery.retryable) == ("UNAVAILABLE", True)
        assert delivery.message
        peer.reply = Reply()
        assert await until_taken(sink) == Delivery()


async def until_taken(sink: Sink) -> Delivery:
    """Write until a request is taken, as gRPC waits a moment before it connects again."""
    for _ in range(100):
        delivery = await sink.write(Signal.TRACES, b"")
        if delivery.ok:
            break
        await asyncio.sleep(0.05)
    return delivery


async def test_a_server_that_goes_away_is_unavailable_and_retryable(protocol: str) -> None:
    async with peer_of(protocol) as peer:
        sink = sink_at("otlp", f"http://{peer.endpoint}", protocol=protocol)
        await sink.open()
        assert (await sink.write(Signal.TRACES, b"")).ok
    delivery = await sink.write(Signal.TRACES, b"")
    await sink.close()
    assert (delivery.code, delivery.retryable) == ("UNAVAILABLE", True)


async def test_headers_arrive_with_their_variables_filled_in(protocol: str, peer: Peer) -> None:
    headers = {"X-Api-Key": "${STAMPEDE_TEST_KEY}", "tenant": "a b"}
    sink = sink_at(
        "otlp",
        f"http://{peer.endpoint}",
        {"STAMPEDE_TEST_KEY": "s3cret"},
        protocol=protocol,
        headers=headers,
        signal_headers={"logs": {"x-only": "logs"}},
    )
    await sink.open()
    await sink.write(Signal.TRACES, b"")
    await sink.write(Signal.LOGS, b"")
    await sink.close()
    traces, logs = (each.headers for each in peer.arrivals())
    assert (traces["x-api-key"], traces["tenant"]) == ("s3cret", "a b")
    assert logs["x-only"] == "logs"
    assert "x-api-key" not in logs
    assert "s3cret" not in f"{sink} {sink!r}"


async def test_a_signal_can_have_an_endpoint_of_its_own(protocol: str, peer: Peer) -> None:
    async with peer_of(protocol) as other:
        own = {"logs": f"{other.endpoint}"}
        async with opened(
            protocol, f"http://{peer.endpoint}", endpoints=own, insecure=True
        ) as sink:
            for signal in Signal:
                assert (await sink.write(signal, b"")).ok
        assert [each.signal for each in other.arrivals()] == [Signal.LOGS]
    assert {each.signal for each in peer.arrivals()} == {*Signal} - {Signal.LOGS}


async def test_requests_go_through_a_unix_socket(protocol: str, tmp_path: Path) -> None:
    async with peer_of(protocol, socket_file=tmp_path / "s") as peer:
        async with opened(protocol, peer.endpoint, insecure=True) as sink:
            for signal in Signal:
                assert await sink.write(signal, b"") == Delivery()
        assert {each.signal for each in peer.arrivals()} == {*Signal}


@pytest.mark.parametrize("compression", ["none", "gzip"])
async def test_a_compressed_request_is_small_on_the_wire_and_arrives_whole(
    protocol: str, peer: Peer, compression: str
) -> None:
    payload = b"\xaa\x06\xfa\xff\x3f" + bytes(0xFFFFA)
    async with relaying(peer.port) as relay:
        async with opened(protocol, f"http://{relay.address}", compression=compression) as sink:
            delivery = await sink.write(Signal.TRACES, payload)
        assert delivery.ok
        assert (relay.sent_bytes < 20_000) == (compression != "none")
        known = compression != "none" and protocol != "grpc"
        assert (delivery.wire_bytes is not None) == known
    assert [each.payload for each in peer.arrivals()] == [payload]


async def failed_open(protocol: str, endpoint: str) -> RunError:
    """Return the error of opening; it is one line, and the sink can still be closed."""
    with pytest.raises(RunError) as caught:
        async with opened(protocol, endpoint, connect_timeout=0.5):
            pass
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)
    return caught.value


async def test_an_endpoint_that_refuses_is_an_error_that_names_it(protocol: str) -> None:
    port = free_port()
    error = await failed_open(protocol, f"http://127.0.0.1:{port}")
    assert f"127.0.0.1:{port}" in error.place
    assert "refused" in error.problem.lower()
    assert "otlp.endpoint" in error.fix


async def test_an_endpoint_whose_name_does_not_resolve_is_an_error_that_names_it(
    protocol: str,
) -> None:
    error = await failed_open(protocol, "http://no-such-host.invalid:4317")
    assert "no-such-host.invalid:4317" in error.place


async def test_a_receiver_that_starts_a_moment_later_is_waited_for(
    protocol: str, tmp_path: Path
) -> None:
    file = tmp_path / "s"
    sink = sink_at("otlp", f"unix:{file}", protocol=protocol, insecure=True, connect_timeout=20)
    opening = asyncio.ensure_future(sink.open())
    await asyncio.sleep(0.2)
    async with peer_of(protocol, socket_file=file):
        await opening
        await sink.close()


async def test_opening_can_be_tried_again_after_it_failed(protocol: str, tmp_path: Path) -> None:
    """For an endpoint that comes up late; nothing is left over of the first attempt."""
    file = tmp_path / "s"
    sink = sink_at("otlp", f"unix:{file}", protocol=protocol, insecure=True, connect_timeout=0.2)
    with pytest.raises(RunError):
        await sink.open()
    async with peer_of(protocol, socket_file=file):
        for _ in range(100):
            with suppress(RunError):
                await sink.open()
                break
        assert await sink.write(Signal.TRACES, b"") == Delivery()
        await sink.close()
