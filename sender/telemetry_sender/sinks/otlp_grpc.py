"""OTLP over gRPC: stamped bytes as they are, without a serializer.

Service and method names are those of the OTLP specification, and so is the answer to which failures
may be retried (https://opentelemetry.io/docs/specs/otlp/#failures).
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import cast

import grpc
import grpc.aio
from google.protobuf.message import DecodeError
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import (
    ExportProfilesServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from telemetry_common.errors import RunError
from telemetry_common.signals import Signal
from telemetry_sender.config.otlp import OtlpConfig
from telemetry_sender.sinks.base import Encoding
from telemetry_sender.sinks.delivery import Delivery
from telemetry_sender.sinks.headers import expand_headers
from telemetry_sender.sinks.pem import read_certificates, read_private_key
from telemetry_sender.sinks.registry import SinkSetting

_PACKAGE = "/opentelemetry.proto.collector"
_METHODS: Mapping[Signal, str] = {
    Signal.TRACES: f"{_PACKAGE}.trace.v1.TraceService/Export",
    Signal.METRICS: f"{_PACKAGE}.metrics.v1.MetricsService/Export",
    Signal.LOGS: f"{_PACKAGE}.logs.v1.LogsService/Export",
    Signal.PROFILES: f"{_PACKAGE}.profiles.v1development.ProfilesService/Export",
}

_RETRYABLE = {
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DATA_LOSS,
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

_FIX = "start the receiver, or correct otlp.endpoint, otlp.insecure or otlp.certificate"


def make_sink(setting: SinkSetting) -> "GrpcSink":
    """Return the sink for the configured endpoint. Raises ConfigError for headers and files."""
    otlp = setting.config.otlp
    headers = expand_headers(otlp.headers, setting.environ)
    credentials = None if otlp.plaintext else _credentials(otlp)
    return GrpcSink(otlp, setting.signals, headers, credentials)


def _credentials(otlp: OtlpConfig) -> grpc.ChannelCredentials:
    roots = chain = private_key = None
    if otlp.certificate:
        roots = read_certificates(otlp.certificate, "otlp.certificate")
    if otlp.client_certificate and otlp.client_key:
        chain = read_certificates(otlp.client_certificate, "otlp.client_certificate")
        private_key = read_private_key(otlp.client_key, "otlp.client_key", otlp.client_certificate)
    return grpc.ssl_channel_credentials(roots, private_key, chain)


class GrpcSink:
    """Exports to one endpoint, over one channel and socket for each signal."""

    encoding = Encoding.PROTOBUF

    def __init__(
        self,
        otlp: OtlpConfig,
        signals: Sequence[Signal],
        headers: Sequence[tuple[str, str]],
        credentials: grpc.ChannelCredentials | None,
    ) -> None:
        self._otlp = otlp
        self._signals = signals
        self._headers = tuple(headers)
        self._credentials = credentials
        self._channels: list[grpc.aio.Channel] = []
        self._exports: dict[Signal, grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]] = {}

    def __str__(self) -> str:
        security = "in plaintext" if self._credentials is None else "over TLS"
        return f"{self._target} {security}"

    async def open(self) -> None:
        """Connect. Raises RunError when the endpoint does not answer in time."""
        for signal in self._signals:
            channel = self._channel()
            self._channels.append(channel)
            self._exports[signal] = channel.unary_unary(_METHODS[signal])
        try:
            async with asyncio.timeout(self._otlp.connect_timeout):
                await asyncio.gather(*map(_connected, self._channels))
        except TimeoutError:
            raise RunError(f"otlp.endpoint {self._target}", await self._diagnosis(), _FIX) from None

    async def write(self, signal: Signal, payload: bytes) -> Delivery:
        """Export one request."""
        call = self._exports[signal](payload, timeout=self._otlp.timeout, metadata=self._headers)
        try:
            answer = await call
        except grpc.aio.AioRpcError as error:
            return _failure(error)
        return _ACCEPTED if not answer else _answered(signal, answer)

    async def close(self) -> None:
        """Close all channels."""
        channels, self._channels = self._channels, []
        await asyncio.gather(*(channel.close() for channel in channels))

    @property
    def _target(self) -> str:
        return self._otlp.address.target

    def _channel(self) -> grpc.aio.Channel:
        if self._credentials is None:
            return grpc.aio.insecure_channel(self._target, options=_CHANNEL_OPTIONS)
        return grpc.aio.secure_channel(self._target, self._credentials, options=_CHANNEL_OPTIONS)

    async def _diagnosis(self) -> str:
        """Return what gRPC says of the connection; only a call that fails tells."""
        delivery = await self.write(self._signals[0], b"")
        return "connected, but too late" if delivery.ok else delivery.message


async def _connected(channel: grpc.aio.Channel) -> None:
    """Wait until the channel is ready, however often it has to try."""
    state = channel.get_state(try_to_connect=True)
    while state is not grpc.ChannelConnectivity.READY:
        await channel.wait_for_state_change(state)
        state = channel.get_state(try_to_connect=True)


def _failure(error: grpc.aio.AioRpcError) -> Delivery:
    code = error.code()
    delay = _retry_delay(error)
    exhausted = code is grpc.StatusCode.RESOURCE_EXHAUSTED and delay is not None
    return Delivery(
        code.name,
        message=error.details() or "",
        retryable=code in _RETRYABLE or exhausted,
        retry_after_seconds=delay,
    )


def _retry_delay(error: grpc.aio.AioRpcError) -> float | None:
    """Return the delay of a RetryInfo among the error's details, in seconds."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            return _retry_info(cast("bytes", value))
    return None


def _retry_info(details: bytes) -> float | None:
    """Return the delay in the bytes of a `google.rpc.Status`, which anyone on the way may spoil."""
    info = RetryInfo()
    try:
        for detail in Status.FromString(details).details:
            if detail.Unpack(info):
                delay: float = info.retry_delay.ToTimedelta().total_seconds()
                return delay
    except (DecodeError, OverflowError, ValueError):
        return None
    return None


def _answered(signal: Signal, answer: bytes) -> Delivery:
    try:
        return _partial_success(signal, answer)
    except DecodeError:
        # The code that gRPC gives to a response which its client cannot decode.
        return Delivery(grpc.StatusCode.INTERNAL.name, message="the response is not OTLP")


def _partial_success(signal: Signal, answer: bytes) -> Delivery:
    if signal is Signal.TRACES:
        traces = ExportTraceServiceResponse.FromString(answer).partial_success
        return Delivery(rejected=traces.rejected_spans, message=traces.error_message)
    if signal is Signal.METRICS:
        metrics = ExportMetricsServiceResponse.FromString(answer).partial_success
        return Delivery(rejected=metrics.rejected_data_points, message=metrics.error_message)
    if signal is Signal.LOGS:
        logs = ExportLogsServiceResponse.FromString(answer).partial_success
        return Delivery(rejected=logs.rejected_log_records, message=logs.error_message)
    # OTLP counts whole profiles here and does not say which; each has one sample at least.
    profiles = ExportProfilesServiceResponse.FromString(answer).partial_success
    return Delivery(rejected=profiles.rejected_profiles, message=profiles.error_message)
