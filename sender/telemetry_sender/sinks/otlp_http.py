"""OTLP over HTTP: stamped bytes as they are, as protobuf or as JSON.

Media types are those of the OTLP specification (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from telemetry_common.signals import Signal
from telemetry_sender.config.otlp import Compression, OtlpConfig, OtlpProtocol
from telemetry_sender.sinks.base import Encoding
from telemetry_sender.sinks.compression import BodyCompressor
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.destination import Destination, described, destinations
from telemetry_sender.sinks.http_client import HttpClient, make_connector
from telemetry_sender.sinks.http_connect import wait_until_reachable
from telemetry_sender.sinks.http_outcome import answered
from telemetry_sender.sinks.http_url import request_url
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.tls import client_context

_ENCODINGS = {
    OtlpProtocol.HTTP_PROTOBUF: (Encoding.PROTOBUF, "application/x-protobuf"),
    OtlpProtocol.HTTP_JSON: (Encoding.JSON, "application/json"),
}


def make_http_sink(setting: SinkSetting) -> "HttpSink":
    """Return the sink for the configured endpoints. Raises ConfigError for headers and files."""
    otlp = setting.config.otlp
    found = destinations(otlp, setting.signals, setting.environ)
    secure = not all(each.plaintext for each in found.values())
    connections = otlp.connections or setting.config.sending.concurrency
    return HttpSink(otlp, found, Transport(client_context(otlp) if secure else None, connections))


@dataclass(frozen=True, slots=True)
class Transport:
    """What connections are made with."""

    context: ssl.SSLContext | None
    """How TLS is spoken where it is; None when no endpoint speaks it."""
    connections: int
    """The most for each signal."""


class HttpSink:
    """Posts each signal to its endpoint, over a pool of connections of its own."""

    def __init__(
        self,
        otlp: OtlpConfig,
        found: Mapping[Signal, Destination],
        transport: Transport,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.encoding, self._content_type = _ENCODINGS[otlp.protocol]
        self._otlp = otlp
        self._destinations = found
        self._transport = transport
        self._now = now
        plain = otlp.compression is Compression.NONE
        self._compressor = None if plain else BodyCompressor(otlp.compression)
        self._clients: dict[Signal, HttpClient] = {}

    def __str__(self) -> str:
        return described(self._destinations)

    async def open(self) -> None:
        """Connect. Raises RunError when an endpoint does not answer in time; it can try again."""
        if not self._clients:
            self._clients = {
                each: self._client(each, to) for each, to in self._destinations.items()
            }
        for to in self._distinct():
            context, seconds = self._context(to), self._otlp.connect_timeout
            await wait_until_reachable(to, context, self._otlp.server_name, seconds)

    async def write(self, signal: Signal, payload: bytes) -> Delivery:
        """Post one request."""
        if self._compressor is None:
            return await self._post(signal, payload)
        body = await self._compressor.compress(payload)
        return replace(await self._post(signal, body), wire_bytes=len(body))

    async def close(self) -> None:
        """Close all connections."""
        if self._compressor is not None:
            self._compressor.close()
        clients, self._clients = self._clients, {}
        await asyncio.gather(*(client.close() for client in clients.values()))

    def _distinct(self) -> list[Destination]:
        """Return one destination for each address and way to speak to it."""
        found = self._destinations.values()
        return list({(each.endpoint.target, each.plaintext): each for each in found}.values())

    async def _post(self, signal: Signal, body: bytes) -> Delivery:
        answer = await self._clients[signal].post(body)
        return answer if isinstance(answer, Delivery) else answered(signal, answer, self._now())

    def _client(self, signal: Signal, to: Destination) -> HttpClient:
        context, path = self._context(to), to.endpoint.socket_path
        return HttpClient(
            request_url(signal, to),
            {**self._headers(), **dict(to.headers)},
            connector=make_connector(self._transport.connections, path, context),
            timeout=self._otlp.timeout,
            server_name=self._otlp.server_name if context else None,
        )

    def _context(self, to: Destination) -> ssl.SSLContext | None:
        return None if to.plaintext else self._transport.context

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": self._content_type}
        if self._compressor is not None:
            headers["Content-Encoding"] = self._otlp.compression.value
        return headers
