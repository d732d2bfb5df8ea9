"""The OTLP/HTTP server: which requests it takes, and what it says of the others."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import zstandard
from google.protobuf.json_format import Parse
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otlp_clients import PATHS, requests
from receptions import LIMIT, LOOPBACK
from telemetry_common.signals import Signal
from telemetry_sender.receiver.address import http_url
from telemetry_sender.receiver.intake import CheckingIntake, DiscardingIntake, Intake
from telemetry_sender.receiver.reception import Reception
from telemetry_sender.receiver.server.http_server import serving_http

PROTOBUF = "application/x-protobuf"
JSON = "application/json"

SPANS = requests(Signal.TRACES, 7).SerializeToString()

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: dict[str, str]
    body: bytes


class Peer:
    """A server and an HTTP client."""

    def __init__(self, base: str, session: aiohttp.ClientSession, intake: Intake) -> None:
        self.base = base
        self.session = session
        self.intake = intake

    async def post(
        self,
        path: str = "/v1/traces",
        body: Any = SPANS,
        content_type: str = PROTOBUF,
        verb: str = "POST",
        **headers: str,
    ) -> Answered:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(
            verb, self.base + path, data=body, headers={"Content-Type": content_type, **named}
        ) as answer:
            return Answered(answer.status, dict(answer.headers), await answer.read())

    def events(self, signal: Signal = Signal.TRACES) -> int:
        return self.intake.tally.signals[signal].events


async def _peer(intake: Intake, *, decode: bool = True) -> AsyncIterator[Peer]:
    serving = serving_http(Reception(intake), LOOPBACK, LIMIT, decode=decode)
    async with serving as bound, aiohttp.ClientSession() as session:
        yield Peer(http_url(bound, secure=False), session, intake)


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[Peer]:
    async for each in _peer(CheckingIntake()):
        yield each


@pytest_asyncio.fixture
async def discarding() -> AsyncIterator[Peer]:
    async for each in _peer(DiscardingIntake(), decode=False):
        yield each


def _status(answered: Answered) -> Status:
    if answered.headers["Content-Type"] == JSON:
        return Parse(answered.body, Status())
    assert answered.headers["Content-Type"] == PROTOBUF
    return Status.FromString(answered.body)


@pytest.mark.parametrize("signal", Signal)
@pytest.mark.parametrize(("content_type", "empty"), [(PROTOBUF, b""), (JSON, b"{}")])
async def test_an_empty_request_succeeds_and_is_answered_in_its_own_type(
    peer: Peer, signal: Signal, content_type: str, empty: bytes
) -> None:
    answered = await peer.post(PATHS[signal], empty, content_type)
    assert (answered.status, answered.body) == (200, empty)
    assert answered.headers["Content-Type"] == content_type
    assert peer.intake.tally.signals[signal].requests == 1


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
async def test_parameters_and_case_of_the_content_type_do_not_matter(
    peer: Peer, content_type: str
) -> None:
    answered = await peer.post(body=b"{}", content_type=content_type)
    assert (answered.status, answered.body) == (200, b"{}")


@pytest.mark.parametrize("encoding", PACKERS)
async def test_every_encoding_is_unpacked(peer: Peer, encoding: str) -> None:
    body = PACKERS[encoding](SPANS)
    assert (await peer.post(body=body, Content_Encoding=encoding.upper())).status == 200
    assert peer.events() == 7
    assert peer.intake.tally.signals[Signal.TRACES].bytes == len(SPANS)


async def test_a_body_in_chunks_of_unknown_length_is_put_together(peer: Peer) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(SPANS), 5):
            yield SPANS[start : start + 5]

    assert (await peer.post(body=pieces())).status == 200
    assert peer.events() == 7


async def test_a_client_that_waits_for_it_is_told_to_continue(peer: Peer) -> None:
    assert (await peer.post(Expect="100-continue")).status == 200
    assert peer.events() == 7


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"path": "/"}, 404, "no OTLP path"),
        ({"path": "/v1/trace"}, 404, "no OTLP path"),
        ({"path": "/v1/profiles"}, 404, "no OTLP path"),
        ({"verb": "GET", "body": None}, 405, "GET is not POST"),
        ({"verb": "PUT"}, 405, "PUT is not POST"),
        ({"content_type": "text/plain"}, 415, "Content-Type is not one of"),
        ({"content_type": "application/octet-stream"}, 415, "Content-Type is not one of"),
        ({"Content_Encoding": "br"}, 415, "Content-Encoding is not one of"),
        ({"Content_Encoding": "gzip"}, 400, "not sound gzip data"),
        ({"Content_Encoding": "zstd"}, 400, "not sound zstd data"),
        ({"body": b"\x0a\xff"}, 400, "not an OTLP traces request"),
        ({"body": b"{", "content_type": JSON}, 400, "not an OTLP traces request in JSON"),
        ({"verb": "GET", "body": None, "content_type": JSON}, 405, "GET is not POST"),
        ({"path": "/", "content_type": JSON}, 404, "no OTLP path"),
    ],
)
async def test_any_other_request_is_refused_with_a_status_in_its_type(
    peer: Peer, changes: dict[str, Any], status: int, message: str
) -> None:
    answered = await peer.post(**changes)
    assert answered.status == status
    assert _status(answered).message.startswith(message)
    assert _status(answered).code != 0
    json_asked = changes.get("content_type") == JSON
    assert answered.headers["Content-Type"] == (JSON if json_asked else PROTOBUF)
    assert answered.headers.get("Allow") == ("POST" if status == 405 else None)
    assert peer.events() == 0
    # The connection, or another one, still serves.
    assert (await peer.post()).status == 200


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
async def test_undecodable_bodies_are_counted(peer: Peer, content_type: str) -> None:
    await peer.post(body=b"\x0a\xff", content_type=content_type)
    assert peer.intake.tally.undecodable == {Signal.TRACES: 1}


async def _too_much() -> AsyncIterator[bytes]:
    for _ in range(LIMIT // 65_536 + 1):
        yield bytes(65_536)


@pytest.mark.parametrize(
    ("make", "encoding"),
    [
        (lambda: gzip.compress(bytes(LIMIT + 1)), "gzip"),
        (lambda: zlib.compress(bytes(LIMIT + 1)), "deflate"),
        (lambda: zstandard.ZstdCompressor().compress(bytes(64 * LIMIT)), "zstd"),
        (_too_much, "identity"),
    ],
)
async def test_what_is_larger_than_the_limit_is_refused(
    peer: Peer, make: Callable[[], Any], encoding: str
) -> None:
    answered = await peer.post(body=make(), Content_Encoding=encoding)
    assert answered.status == 413
    assert _status(answered).message == f"more than {LIMIT:,} bytes"
    assert peer.intake.tally.signals[Signal.TRACES].requests == 0


async def test_a_body_announced_too_large_is_refused_before_it_is_sent(peer: Peer) -> None:
    host, _, port = peer.base.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: {PROTOBUF}\r\n"
    writer.write(f"{head}Content-Length: {LIMIT + 1}\r\n\r\n".encode())
    async with asyncio.timeout(5):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("content_type", [PROTOBUF, JSON])
async def test_discarding_counts_bodies_unpacked_and_looks_into_none(
    discarding: Peer, content_type: str
) -> None:
    body = gzip.compress(b"\xff" * 1_000)
    assert (
        await discarding.post(body=body, content_type=content_type, Content_Encoding="gzip")
    ).status == 200
    assert discarding.intake.tally.signals[Signal.TRACES].bytes == 1_000


async def test_json_ids_are_checked_as_those_of_protobuf_are(peer: Peer) -> None:
    body = (
        b'{"resourceSpans":[{"scopeSpans":[{"spans":['
        b'{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"},'
        b'{"traceId":"00","spanId":"eee19b7ec3c1b175"}]}]}]}'
    )
    assert (await peer.post(body=body, content_type=JSON)).status == 200
    assert isinstance(peer.intake, CheckingIntake)
    assert peer.intake.checks.invalid_trace_ids == 1
    assert peer.intake.checks.invalid_span_ids == 0


async def test_many_connections_at_once_lose_nothing(peer: Peer) -> None:
    answers = await asyncio.gather(*(peer.post() for _ in range(200)))
    assert {each.status for each in answers} == {200}
    assert peer.events() == 200 * len(
        ExportTraceServiceRequest.FromString(SPANS).resource_spans[0].scope_spans[0].spans
    )
