"""OTLP servers of every protocol behind one face, for what all protocols have in common."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any

import grpc
from aiohttp import web
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status

from otlp_http_server import PATHS, HttpCall, HttpServer, serving_http
from otlp_server import RESPONSES, Context, OtlpServer, serving
from telemetry_common.signals import Signal

PROTOCOLS = ("grpc", "http/protobuf", "http/json")


class Kind(Enum):
    """What a server does with a request."""

    OK = auto()
    PARTIAL = auto()
    BUSY = auto()
    """Comes back later: the request may be sent again."""
    FORBIDDEN = auto()
    TOO_LARGE = auto()
    GARBAGE = auto()
    """Says that it took the request, in words that are no OTLP."""
    NEVER = auto()
    """Does not answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, whatever the protocol."""

    kind: Kind = Kind.OK
    message: str = ""
    rejected: int = 0
    delay: int | None = None
    """Seconds to wait before the next attempt, when BUSY."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that arrived, whatever the protocol."""

    signal: Signal
    payload: bytes
    headers: dict[str, str]
    secure: bool


@dataclass
class Peer:
    """A running server of any protocol."""

    endpoint: str
    """Without a scheme."""
    port: int
    arrivals: Callable[[], list[Arrival]]
    reply: Reply = Reply()
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a request has arrived."""


REJECTED_FIELD = {
    Signal.TRACES: "rejected_spans",
    Signal.METRICS: "rejected_data_points",
    Signal.LOGS: "rejected_log_records",
    Signal.PROFILES: "rejected_profiles",
}


def partial_success(signal: Signal, rejected: int, message: str) -> Message:
    """Return the response of a partial success."""
    fields = {REJECTED_FIELD[signal]: rejected, "error_message": message}
    return RESPONSES[signal](partial_success=fields)


def retry_info(seconds: float) -> tuple[tuple[str, bytes], ...]:
    """Return the trailers that say when to come back."""
    delay = Duration()
    delay.FromMilliseconds(round(1000 * seconds))
    detail = AnyMessage()
    detail.Pack(RetryInfo(retry_delay=delay))
    return (("grpc-status-details-bin", Status(details=[detail]).SerializeToString()),)


_GRPC_CODES = {
    Kind.BUSY: grpc.StatusCode.UNAVAILABLE,
    Kind.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    Kind.TOO_LARGE: grpc.StatusCode.RESOURCE_EXHAUSTED,
}
_HTTP_CODES = {Kind.BUSY: 503, Kind.FORBIDDEN: 403, Kind.TOO_LARGE: 413}


def code_of(protocol: str, kind: Kind) -> str:
    """Return what the sinks of a protocol call an outcome."""
    return _GRPC_CODES[kind].name if protocol == "grpc" else f"HTTP {_HTTP_CODES[kind]}"


@asynccontextmanager
async def peer_of(
    protocol: str,
    tls: "ServerTls | None" = None,
    socket_file: Path | None = None,
) -> AsyncIterator[Peer]:
    """Run a server of the protocol on a free loopback port, or a Unix socket."""
    if protocol == "grpc":
        async with serving(tls.grpc if tls else None, socket_file) as grpc_server:
            yield _over_grpc(grpc_server, socket_file)
    else:
        async with serving_http(tls.http if tls else None, socket_file) as http_server:
            yield _over_http(http_server, socket_file)


@dataclass(frozen=True, slots=True)
class ServerTls:
    """What a server of either protocol shows and asks for."""

    grpc: grpc.ServerCredentials
    http: ssl.SSLContext


def _over_grpc(server: OtlpServer, socket_file: Path | None) -> Peer:
    def arrivals() -> list[Arrival]:
        pairs = zip(server.calls, server.payloads, strict=True)
        return [
            Arrival(call.signal, payload, call.metadata, call.security == "ssl")
            for call, payload in pairs
        ]

    peer = Peer(_endpoint(server.address, socket_file), server.port, arrivals)

    async def answer(signal: Signal, context: Context) -> Any:
        peer.reached.set()
        return await _grpc_answer(peer.reply, signal, context)

    server.answer = answer
    return peer


async def _grpc_answer(reply: Reply, signal: Signal, context: Context) -> Any:
    if reply.kind is Kind.NEVER:
        await asyncio.Event().wait()
    if reply.kind is Kind.GARBAGE:
        return b"\xff\xff\xff"
    if reply.kind is Kind.PARTIAL:
        return partial_success(signal, reply.rejected, reply.message)
    if reply.kind is Kind.OK:
        return None
    trailers: Any = () if reply.delay is None else retry_info(reply.delay)
    message = _message(reply, "grpc: received message larger than max (5000000 vs. 4194304)")
    return await context.abort(_GRPC_CODES[reply.kind], message, trailing_metadata=trailers)


def _message(reply: Reply, of_size: str) -> str:
    return of_size if reply.kind is Kind.TOO_LARGE else reply.message


def _over_http(server: HttpServer, socket_file: Path | None) -> Peer:
    def arrivals() -> list[Arrival]:
        return [
            Arrival(PATHS[call.path], call.payload, call.headers, call.secure)
            for call in server.calls
        ]

    peer = Peer(_endpoint(server.address, socket_file), server.port, arrivals)

    async def answer(call: HttpCall) -> web.StreamResponse:
        peer.reached.set()
        return await _http_answer(peer.reply, call)

    server.answer = answer
    return peer


async def _http_answer(reply: Reply, call: HttpCall) -> web.StreamResponse:
    content_type = call.headers["content-type"]
    if reply.kind is Kind.NEVER:
        await asyncio.Event().wait()
    if reply.kind is Kind.GARBAGE:
        return web.Response(body=b"\xff\xff\xff", content_type=content_type)
    if reply.kind in (Kind.OK, Kind.PARTIAL):
        partial = reply.kind is Kind.PARTIAL
        response = partial_success(PATHS[call.path], reply.rejected, reply.message)
        body = encoded(response, content_type) if partial else b""
        return web.Response(body=body, content_type=content_type)
    headers = {} if reply.delay is None else {"Retry-After": str(reply.delay)}
    status = Status(message=_message(reply, "too large"))
    return web.Response(
        status=_HTTP_CODES[reply.kind],
        body=encoded(status, content_type),
        content_type=content_type,
        headers=headers,
    )


def encoded(message: Message, content_type: str) -> bytes:
    """Return a message as the content type says."""
    if content_type == "application/json":
        return json.dumps(MessageToDict(message)).encode()
    return message.SerializeToString()


def _endpoint(address: str, socket_file: Path | None) -> str:
    return address if socket_file is None else f"unix:{socket_file}"
