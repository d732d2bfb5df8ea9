"""Plain OTLP clients for the receiver's tests: one request a call, and what came of it.

The protocols' answers are put into the same words, so that a test can be the same for each.
"""

import asyncio
import io
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import aiohttp
import grpc
from google.protobuf.json_format import MessageToJson, Parse
from google.protobuf.message import DecodeError, Message
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from otlp_server import REQUESTS, RESPONSES
from telemetry_common.signals import Signal

DEADLINE_SECONDS = 20.0

PATHS = {
    Signal.TRACES: "/v1/traces",
    Signal.METRICS: "/v1/metrics",
    Signal.LOGS: "/v1/logs",
    Signal.PROFILES: "/v1development/profiles",
}
_PACKAGES = {
    Signal.TRACES: "trace.v1.TraceService",
    Signal.METRICS: "metrics.v1.MetricsService",
    Signal.LOGS: "logs.v1.LogsService",
    Signal.PROFILES: "profiles.v1development.ProfilesService",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a client learned: `ok`, `garbage`, `closed`, `timeout`, or the code of an error."""

    word: str
    rejected: int = 0
    message: str = ""
    retry_after: float | None = None
    """The RetryInfo of the body or of the details, in seconds."""
    retry_after_header: str | None = None


Send = Callable[..., Any]


class Client(Protocol):
    """Sends one request; `deadline` in seconds."""

    async def send(
        self, signal: Signal, request: Message, deadline: float = DEADLINE_SECONDS
    ) -> Outcome:
        """Return what came of it."""


def method(signal: Signal) -> str:
    """Return the gRPC method of a signal."""
    return f"/opentelemetry.proto.collector.{_PACKAGES[signal]}/Export"


class GrpcClient:
    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel

    async def send(
        self, signal: Signal, request: Message, deadline: float = DEADLINE_SECONDS
    ) -> Outcome:
        call: Any = self._channel.unary_unary(method(signal))
        try:
            answer = await call(request.SerializeToString(), timeout=deadline)
        except grpc.aio.AioRpcError as error:
            return _grpc_error(error)
        return _success(signal, answer, json=False)


def _grpc_error(error: grpc.aio.AioRpcError) -> Outcome:
    if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        return Outcome("timeout")
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin")
    status = Status.FromString(details) if isinstance(details, bytes) else Status()
    if error.code() is grpc.StatusCode.UNAVAILABLE and "on request" not in str(error.details()):
        return Outcome("closed", message=str(error.details()))
    return Outcome(
        error.code().name, message=str(error.details()), retry_after=_retry_delay(status)
    )


class HttpClient:
    def __init__(self, session: aiohttp.ClientSession, base: str, *, json: bool) -> None:
        self._session = session
        self._base = base
        self._json = json

    async def send(
        self, signal: Signal, request: Message, deadline: float = DEADLINE_SECONDS
    ) -> Outcome:
        body = as_json(request) if self._json else request.SerializeToString()
        content_type = "application/json" if self._json else "application/x-protobuf"
        try:
            async with self._session.post(
                self._base + PATHS[signal],
                data=io.BytesIO(body),
                headers={"Content-Type": content_type},
                timeout=aiohttp.ClientTimeout(deadline),
            ) as response:
                assert response.headers["Content-Type"] == content_type
                return self._outcome(signal, response, await response.read())
        except TimeoutError:
            return Outcome("timeout")
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
            return Outcome("closed")

    def _outcome(self, signal: Signal, response: aiohttp.ClientResponse, body: bytes) -> Outcome:
        if response.status == 200:
            return _success(signal, body, json=self._json)
        status = Parse(body, Status()) if self._json else Status.FromString(body)
        return Outcome(
            str(response.status),
            message=status.message,
            retry_after=_retry_delay(status),
            retry_after_header=response.headers.get("Retry-After"),
        )


def as_json(request: Message) -> bytes:
    """Return a request as OTLP/JSON, for requests without ids, which protobuf writes otherwise."""
    return MessageToJson(request, use_integers_for_enums=True).encode()


def _success(signal: Signal, body: bytes, *, json: bool) -> Outcome:
    try:
        answer: Any = RESPONSES[signal]()
        answer = Parse(body, answer) if json else type(answer).FromString(body)
    except (DecodeError, ValueError):
        return Outcome("garbage")
    partly = answer.partial_success
    rejected = [value for field, value in partly.ListFields() if field.name.startswith("rejected")]
    return Outcome("ok", rejected=sum(rejected), message=partly.error_message)


def _retry_delay(status: Status) -> float | None:
    for detail in status.details:
        info = RetryInfo()
        if detail.Unpack(info):
            return float(info.retry_delay.ToNanoseconds()) / 1e9
    return None


@asynccontextmanager
async def grpc_client(
    address: str, credentials: grpc.ChannelCredentials | None = None
) -> AsyncIterator[Client]:
    """Connect to `HOST:PORT` or `unix:PATH`, with TLS if there are credentials."""
    # A pool of its own, because a connection that a test cut must not greet the next one.
    options = [("grpc.use_local_subchannel_pool", 1)]
    channel = (
        grpc.aio.insecure_channel(address, options=options)
        if credentials is None
        else grpc.aio.secure_channel(address, credentials, options=options)
    )
    async with channel:
        yield GrpcClient(channel)


@asynccontextmanager
async def http_client(
    base: str, *, json: bool = False, tls: ssl.SSLContext | None = None, unix: str | None = None
) -> AsyncIterator[Client]:
    """Speak OTLP/HTTP with a base URL, over the Unix socket `unix` if there is one."""
    connector = (
        aiohttp.TCPConnector(ssl=tls if tls is not None else True)
        if unix is None
        else aiohttp.UnixConnector(unix)
    )
    async with aiohttp.ClientSession(connector=connector) as session:
        yield HttpClient(session, base, json=json)
    # asyncio closes TLS connections a moment after the session.
    await asyncio.sleep(0)


Connect = Callable[[str], AbstractAsyncContextManager[Client]]

PROTOCOLS: dict[str, Connect] = {
    "grpc": grpc_client,
    "http/protobuf": http_client,
    "http/json": partial(http_client, json=True),
}
"""How to connect over each protocol, given the address of gRPC or the base URL of HTTP."""


def requests(signal: Signal, events: int) -> Message:
    """Return a request of so many events, without ids."""
    request: Any = REQUESTS[signal]()
    if signal is Signal.TRACES:
        spans = request.resource_spans.add().scope_spans.add().spans
    elif signal is Signal.LOGS:
        spans = request.resource_logs.add().scope_logs.add().log_records
    elif signal is Signal.METRICS:
        metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
        spans = metric.gauge.data_points
    else:
        profile = request.resource_profiles.add().scope_profiles.add().profiles.add()
        spans = profile.samples
    for _ in range(events):
        spans.add()
    return request  # type: ignore[no-any-return]
