"""An OTLP/HTTP server for sinks to talk to; it answers whatever a test wants."""

import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import zstandard
from aiohttp import web

from telemetry_common.signals import Signal

PATHS = {
    "/v1/traces": Signal.TRACES,
    "/v1/metrics": Signal.METRICS,
    "/v1/logs": Signal.LOGS,
    "/v1development/profiles": Signal.PROFILES,
}
_DECODE: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.decompress,
    "zstd": lambda data: zstandard.ZstdDecompressor().decompress(data),
}


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One request that arrived."""

    path: str
    """With the query."""
    headers: dict[str, str]
    """By their names in lower case."""
    body: bytes
    """As it came."""
    peer: object
    secure: bool

    @property
    def payload(self) -> bytes:
        """The body without its compression."""
        return _DECODE[self.headers.get("content-encoding", "")](self.body)


HttpAnswer = Callable[[HttpCall], Awaitable[web.StreamResponse]]


async def _accept(call: HttpCall) -> web.StreamResponse:
    return web.Response(content_type=call.headers["content-type"])


@dataclass
class HttpServer:
    """A running server: what arrived, and what it answers from now on."""

    answer: HttpAnswer = _accept
    calls: list[HttpCall] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Remember the request and answer it."""
        transport = request.transport
        assert transport is not None
        call = HttpCall(
            request.path_qs,
            {name.lower(): value for name, value in request.headers.items()},
            await request.read(),
            transport.get_extra_info("peername"),
            transport.get_extra_info("ssl_object") is not None,
        )
        self.calls.append(call)
        return await self.answer(call)


@asynccontextmanager
async def serving_http(
    context: ssl.SSLContext | None = None, socket_file: Path | None = None
) -> AsyncIterator[HttpServer]:
    """Run a server on a free loopback port, or a Unix socket, with TLS if it has a context."""
    server = HttpServer()
    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(
        app, auto_decompress=False, access_log=None, handler_cancellation=True, shutdown_timeout=0.1
    )
    await runner.setup()
    site = (
        web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        if socket_file is None
        else web.UnixSite(runner, str(socket_file), ssl_context=context)
    )
    await site.start()
    if socket_file is None:
        server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()
