"""The HTTP sink against a real server: paths, media types, status codes, and answers gone wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formatdate
from random import Random
from typing import Any

import pytest
from aiohttp import web
from google.rpc.status_pb2 import Status

from otlp_http_server import HttpCall, HttpServer, serving_http
from otlp_peer import encoded, partial_success
from sinks_at import sink_at
from telemetry_common.signals import Signal
from telemetry_sender.sinks.base import Sink
from telemetry_sender.sinks.delivery import Delivery

RETRYABLE = [429, 502, 503, 504]
PERMANENT = [301, 400, 401, 403, 404, 405, 408, 409, 415, 422, 500, 501, 505, 507]


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with serving_http() as running:
        yield running


@asynccontextmanager
async def opened(endpoint: str, **otlp: Any) -> AsyncIterator[Sink]:
    sink = sink_at("otlp", endpoint, **{"protocol": "http/protobuf", **otlp})
    try:
        await sink.open()
        yield sink
    finally:
        await sink.close()


async def delivered(server: HttpServer, **otlp: Any) -> Delivery:
    async with opened(f"http://{server.address}", **otlp) as sink:
        return await sink.write(Signal.TRACES, b"")


def answering(**response: Any) -> Callable[[HttpCall], Any]:
    async def answer(_: HttpCall) -> web.StreamResponse:
        return web.Response(**response)

    return answer


@pytest.mark.parametrize("base", ["", "/", "/otlp", "/otlp/"])
async def test_the_paths_of_the_signals_are_appended_to_the_endpoint(
    server: HttpServer, base: str
) -> None:
    async with opened(f"http://{server.address}{base}") as sink:
        for signal in Signal:
            await sink.write(signal, b"")
    assert [call.path for call in server.calls] == [
        f"{base.rstrip('/')}{path}"
        for path in ("/v1/traces", "/v1/metrics", "/v1/logs", "/v1development/profiles")
    ]


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://{}/custom/path/", "/custom/path/"),
        ("http://{}/in?key=x%20y", "/in?key=x%20y"),
        ("http://{}", "/"),
        ("{}", "/v1/logs"),
    ],
)
async def test_the_url_of_a_single_signal_is_used_as_it_is(
    server: HttpServer, url: str, path: str
) -> None:
    """Without a scheme it is no URL, and gets the path."""
    own = {"logs": url.format(server.address)}
    async with opened(f"http://{server.address}", endpoints=own, insecure=True) as sink:
        await sink.write(Signal.LOGS, b"")
    assert [call.path for call in server.calls] == [path]


@pytest.mark.parametrize(
    ("protocol", "content_type"),
    [("http/protobuf", "application/x-protobuf"), ("http/json", "application/json")],
)
async def test_requests_say_what_they_hold(
    server: HttpServer, protocol: str, content_type: str
) -> None:
    await delivered(server, protocol=protocol)
    (call,) = server.calls
    assert call.headers["content-type"] == content_type
    assert call.headers["user-agent"].startswith("otlp-stampede/")
    assert call.headers["content-length"] == "0"
    assert "content-encoding" not in call.headers


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
async def test_a_compressed_request_says_so_and_its_size_is_known(
    server: HttpServer, compression: str
) -> None:
    async with opened(f"http://{server.address}", compression=compression) as sink:
        delivery = await sink.write(Signal.TRACES, b"\xaa\x06\x04abcd" * 1000)
    (call,) = server.calls
    assert call.headers["content-encoding"] == compression
    assert delivery == Delivery(wire_bytes=len(call.body))
    assert call.payload == b"\xaa\x06\x04abcd" * 1000


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
async def test_bodies_that_are_compressed_at_the_same_time_arrive_whole(
    server: HttpServer, compression: str
) -> None:
    """Small ones and large ones, which go through threads."""
    random = Random(compression)
    payloads = [random.randbytes(random.choice([10, 1000, 300_000])) for _ in range(60)]
    async with opened(f"http://{server.address}", compression=compression) as sink:
        writes = (sink.write(Signal.TRACES, payload) for payload in payloads)
        assert all(delivery.ok for delivery in await asyncio.gather(*writes))
    assert sorted(call.payload for call in server.calls) == sorted(payloads)


@pytest.mark.parametrize("status", RETRYABLE)
async def test_codes_that_the_specification_lets_one_retry(server: HttpServer, status: int) -> None:
    server.answer = answering(status=status, text="come back", headers={"Retry-After": "7"})
    assert await delivered(server) == Delivery(
        f"HTTP {status}", message="come back", retryable=True, retry_after_seconds=7
    )


@pytest.mark.parametrize("status", PERMANENT)
async def test_all_other_codes_are_permanent_whatever_they_promise(
    server: HttpServer, status: int
) -> None:
    server.answer = answering(status=status, text="no", headers={"Retry-After": "7"})
    assert await delivered(server) == Delivery(f"HTTP {status}", message="no")


async def test_retry_after_may_be_a_date(server: HttpServer) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    server.answer = answering(status=503, headers={"Retry-After": date})
    wait = (await delivered(server)).retry_after_seconds
    assert wait is not None
    assert 3500 < wait <= 3600


async def test_a_date_that_has_passed_asks_for_no_wait(server: HttpServer) -> None:
    server.answer = answering(status=503, headers={"Retry-After": formatdate(0, usegmt=True)})
    assert (await delivered(server)).retry_after_seconds == 0


async def test_a_body_over_the_collectors_limit_is_too_large(server: HttpServer) -> None:
    """It answers so, with the code of a bad request."""
    status = Status(code=3, message="http: request body too large")
    server.answer = answering(
        status=400, body=status.SerializeToString(), content_type="application/x-protobuf"
    )
    delivery = await delivered(server)
    assert (delivery.code, delivery.too_large) == ("HTTP 400", True)


@pytest.mark.parametrize("content_type", ["application/x-protobuf", "application/json"])
async def test_the_answer_is_read_by_its_own_type(server: HttpServer, content_type: str) -> None:
    response = partial_success(Signal.TRACES, 3, "why")
    server.answer = answering(
        body=encoded(response, content_type), headers={"Content-Type": f"{content_type}; a=b"}
    )
    assert await delivered(server) == Delivery(rejected=3, message="why")


@pytest.mark.parametrize("content_type", ["application/x-protobuf", "application/json"])
async def test_an_error_tells_why(server: HttpServer, content_type: str) -> None:
    body = encoded(Status(message="bad span"), content_type)
    server.answer = answering(status=400, body=body, content_type=content_type)
    assert await delivered(server) == Delivery("HTTP 400", message="bad span")


@pytest.mark.parametrize(
    "content_type", ["application/x-protobuf", "application/json", "text/html"]
)
async def test_an_error_that_tells_nothing_has_the_reason_of_its_code(
    server: HttpServer, content_type: str
) -> None:
    server.answer = answering(status=404, body=b"\xff{<html>", content_type=content_type)
    assert await delivered(server) == Delivery("HTTP 404", message="Not Found")


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_a_success_in_words_of_another_kind_is_a_success(
    server: HttpServer, status: int
) -> None:
    server.answer = answering(status=status, body=b"" if status == 204 else b"fine")
    assert await delivered(server) == Delivery()


async def test_a_redirect_is_not_followed(server: HttpServer) -> None:
    """Headers with credentials would go to wherever it says."""
    server.answer = answering(status=307, headers={"Location": f"http://{server.address}/x"})
    delivery = await delivered(server)
    assert (delivery.code, delivery.retryable) == ("HTTP 307", False)
    assert len(server.calls) == 1


async def test_one_connection_is_kept_for_request_after_request(server: HttpServer) -> None:
    async with opened(f"http://{server.address}") as sink:
        for _ in range(20):
            await sink.write(Signal.TRACES, b"")
    assert len({call.peer for call in server.calls}) == 1


@pytest.mark.parametrize("connections", [1, 3])
async def test_a_signal_has_no_more_connections_than_configured(
    server: HttpServer, connections: int
) -> None:
    async with opened(f"http://{server.address}", connections=connections) as sink:
        writes = (sink.write(Signal.TRACES, b"") for _ in range(20))
        assert await asyncio.gather(*writes) == [Delivery()] * 20
    assert len({call.peer for call in server.calls}) == connections


async def test_an_answer_without_end_is_cut_off_and_the_next_request_works(
    server: HttpServer,
) -> None:
    async def endless(_: HttpCall) -> web.StreamResponse:
        return web.Response(body=bytes(20 << 20), content_type="application/x-protobuf")

    server.answer = endless
    async with opened(f"http://{server.address}") as sink:
        assert (await sink.write(Signal.TRACES, b"")).code == "INTERNAL"
        server.answer = answering()
        assert await sink.write(Signal.TRACES, b"") == Delivery()


@asynccontextmanager
async def saying(words: bytes) -> AsyncIterator[str]:
    """Run a server that says the same to everything, and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(1):
            writer.write(words)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_an_answer_counts_that_comes_before_the_body_has_been_read() -> None:
    """Servers refuse what is too large by its length alone, and hang up."""
    words = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    async with saying(words) as endpoint, opened(endpoint) as sink:
        delivery = await sink.write(Signal.TRACES, bytes(16 << 20))
    assert delivery == Delivery("HTTP 413", message="Too Large", too_large=True)


async def test_an_answer_that_is_not_http_is_a_failure() -> None:
    """Such as that of a server that speaks HTTP/2 only."""
    settings = b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03"
    async with saying(settings) as endpoint, opened(endpoint) as sink:
        delivery = await sink.write(Signal.TRACES, b"")
    assert delivery == Delivery("INTERNAL", message="the answer is not HTTP")


@pytest.mark.parametrize("words", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n1234"])
async def test_an_answer_that_breaks_off_is_no_answer(words: bytes) -> None:
    async with saying(words) as endpoint, opened(endpoint) as sink:
        delivery = await sink.write(Signal.TRACES, b"")
    assert (delivery.code, delivery.retryable) == ("UNAVAILABLE", True)
    assert delivery.message
