"""OTLP over gRPC: stamped bytes as they are, without a serializer.

Service and method names are those of the OTLP specification.
"""

import asyncio
from collections.abc import Callable, Mapping
from itertools import cycle

import grpc
import grpc.aio

from telemetry_common.errors import RunError
from telemetry_common.signals import Signal
from telemetry_sender.config.otlp import Compression, OtlpConfig
from telemetry_sender.sinks.base import Encoding
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.destination import Destination, described, destinations
from telemetry_sender.sinks.grpc_outcome import failed
from telemetry_sender.sinks.partial_success import read_protobuf
from telemetry_sender.sinks.registry import SinkSetting
from telemetry_sender.sinks.tls import read_pem_files

_PACKAGE = "/opentelemetry.proto.collector"
_METHODS: Mapping[Signal, str] = {
    Signal.TRACES: f"{_PACKAGE}.trace.v1.TraceService/Export",
    Signal.METRICS: f"{_PACKAGE}.metrics.v1.MetricsService/Export",
    Signal.LOGS: f"{_PACKAGE}.logs.v1.LogsService/Export",
    Signal.PROFILES: f"{_PACKAGE}.profiles.v1development.ProfilesService/Export",
}

_ACCEPTED = Delivery()

# Retries are ours, so that every attempt is counted; a pool of its own gives each channel a socket.
_CHANNEL_OPTIONS = (
    ("grpc.enable_retries", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_send_message_length", -1),
    # A receiver that is just starting is found soon after it listens.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1000),
)

_FIX = (
    "start the receiver, or correct otlp.endpoint, otlp.protocol, otlp.insecure or otlp.certificate"
)

Export = Callable[[], "grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]"]
"""Returns the call of the channel whose turn it is."""


def make_grpc_sink(setting: SinkSetting) -> "GrpcSink":
    """Return the sink for the configured endpoints. Raises ConfigError for headers and files."""
    otlp = setting.config.otlp
    found = destinations(otlp, setting.signals, setting.environ)
    secure = not all(each.plaintext for each in found.values())
    return GrpcSink(otlp, found, _credentials(otlp) if secure else None)


def _credentials(otlp: OtlpConfig) -> grpc.ChannelCredentials:
    files = read_pem_files(otlp)
    return grpc.ssl_channel_credentials(files.authorities, files.key, files.chain)


class GrpcSink:
    """Exports each signal to its endpoint, over channels and sockets of its own."""

    encoding = Encoding.PROTOBUF

    def __init__(
        self,
        otlp: OtlpConfig,
        found: Mapping[Signal, Destination],
        credentials: grpc.ChannelCredentials | None,
    ) -> None:
        self._otlp = otlp
        self._destinations = found
        self._credentials = credentials
        self._channels: list[grpc.aio.Channel] = []
        self._exports: dict[Signal, Export] = {}

    def __str__(self) -> str:
        return described(self._destinations)

    async def open(self) -> None:
        """Connect. Raises RunError when an endpoint does not answer in time; it can try again."""
        if not self._channels:
            self._exports = {signal: self._export(signal) for signal in self._destinations}
        try:
            async with asyncio.timeout(self._otlp.connect_timeout):
                await asyncio.gather(*map(_connected, self._channels))
        except TimeoutError:
            raise await self._unreachable() from None

    async def write(self, signal: Signal, payload: bytes) -> Delivery:
        """Export one request."""
        export = self._exports[signal]()
        headers = self._destinations[signal].headers
        try:
            answer = await export(payload, timeout=self._otlp.timeout, metadata=headers)
        except grpc.aio.AioRpcError as error:
            return failed(error)
        return _ACCEPTED if not answer else read_protobuf(signal, answer)

    async def close(self) -> None:
        """Close all channels."""
        channels, self._channels = self._channels, []
        await asyncio.gather(*(channel.close() for channel in channels))

    def _export(self, signal: Signal) -> Export:
        channels = [self._channel(signal) for _ in range(self._otlp.connections or 1)]
        self._channels += channels
        return cycle([each.unary_unary(_METHODS[signal]) for each in channels]).__next__

    def _channel(self, signal: Signal) -> grpc.aio.Channel:
        to = self._destinations[signal]
        target, options = to.endpoint.target, self._options(to)
        gzip = self._otlp.compression is Compression.GZIP
        compression = grpc.Compression.Gzip if gzip else grpc.Compression.NoCompression
        if to.plaintext or self._credentials is None:
            return grpc.aio.insecure_channel(target, options=options, compression=compression)
        return grpc.aio.secure_channel(target, self._credentials, options, compression)

    def _options(self, to: Destination) -> list[tuple[str, str | int]]:
        name = self._otlp.server_name
        if name is None or to.plaintext:
            return [*_CHANNEL_OPTIONS]
        naming = [("grpc.ssl_target_name_override", name), ("grpc.default_authority", name)]
        return [*_CHANNEL_OPTIONS, *naming]

    async def _unreachable(self) -> RunError:
        """Return what gRPC says of the first endpoint that fails; only a call tells."""
        writes = (self.write(signal, b"") for signal in self._destinations)
        deliveries = await asyncio.gather(*writes)
        answers = list(zip(self._destinations.values(), deliveries, strict=True))
        for to, delivery in answers:
            if not delivery.ok:
                return RunError(to.place, delivery.message, _FIX)
        return RunError(answers[0][0].place, "connected, but too late", _FIX)


async def _connected(channel: grpc.aio.Channel) -> None:
    """Wait until the channel is ready, however often it has to try."""
    state = channel.get_state(try_to_connect=True)
    while state is not grpc.ChannelConnectivity.READY:
        await channel.wait_for_state_change(state)
        state = channel.get_state(try_to_connect=True)
