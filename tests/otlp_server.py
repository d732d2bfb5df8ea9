"""An OTLP/gRPC server for sinks to talk to, made of the generated service classes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.profiles.v1development import (
    profiles_service_pb2,
    profiles_service_pb2_grpc,
)
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc

from telemetry_common.signals import Signal

Context = grpc.aio.ServicerContext[Any, Any]
Answer = Callable[[Signal, Context], Awaitable[Message | None]]
"""What the server answers: a response, or None for full success; it may abort the call."""

REQUESTS: dict[Signal, type[Message]] = {
    Signal.TRACES: trace_service_pb2.ExportTraceServiceRequest,
    Signal.METRICS: metrics_service_pb2.ExportMetricsServiceRequest,
    Signal.LOGS: logs_service_pb2.ExportLogsServiceRequest,
    Signal.PROFILES: profiles_service_pb2.ExportProfilesServiceRequest,
}
RESPONSES: dict[Signal, type[Message]] = {
    Signal.TRACES: trace_service_pb2.ExportTraceServiceResponse,
    Signal.METRICS: metrics_service_pb2.ExportMetricsServiceResponse,
    Signal.LOGS: logs_service_pb2.ExportLogsServiceResponse,
    Signal.PROFILES: profiles_service_pb2.ExportProfilesServiceResponse,
}
_REGISTER: dict[Signal, Callable[[Any, grpc.aio.Server], None]] = {
    Signal.TRACES: trace_service_pb2_grpc.add_TraceServiceServicer_to_server,
    Signal.METRICS: metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server,
    Signal.LOGS: logs_service_pb2_grpc.add_LogsServiceServicer_to_server,
    Signal.PROFILES: profiles_service_pb2_grpc.add_ProfilesServiceServicer_to_server,
}


@dataclass(frozen=True, slots=True)
class Call:
    """One request that arrived, decoded, and how it came."""

    signal: Signal
    request: Message
    metadata: dict[str, str]
    peer: str
    security: str
    """What gRPC says of the transport: `ssl` or `insecure`."""


async def _accept(_: Signal, __: Context) -> Message | None:
    return None


@dataclass
class OtlpServer:
    """A running server: what arrived, and what it answers from now on."""

    answer: Answer = _accept
    calls: list[Call] = field(default_factory=list)
    payloads: list[bytes] = field(default_factory=list)
    """The bytes of all requests, before any decoding."""
    port: int = 0

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class _Service:
    signal: Signal
    server: OtlpServer

    async def Export(self, request: Message, context: Context) -> Message:  # noqa: N802 - generated
        metadata = {key: str(value) for key, value in context.invocation_metadata() or ()}
        (security,) = context.auth_context().get("transport_security_type", [b"insecure"])
        call = Call(self.signal, request, metadata, context.peer(), security.decode())
        self.server.calls.append(call)
        answer = await self.server.answer(self.signal, context)
        return RESPONSES[self.signal]() if answer is None else answer


class _PayloadTap(grpc.aio.ServerInterceptor):
    """Keeps the bytes of each request as they came; answers that are bytes leave as they are."""

    def __init__(self, payloads: list[bytes]) -> None:
        self._payloads = payloads

    async def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        handler = await continuation(handler_call_details)

        def decode(data: bytes) -> Any:
            self._payloads.append(data)
            return handler.request_deserializer(data)

        def encode(answer: Any) -> bytes:
            return answer if isinstance(answer, bytes) else answer.SerializeToString()

        return handler._replace(request_deserializer=decode, response_serializer=encode)


@asynccontextmanager
async def serving(
    credentials: grpc.ServerCredentials | None = None, socket_file: Path | None = None
) -> AsyncIterator[OtlpServer]:
    """Run a server on a free loopback port, or a Unix socket, with TLS if it has credentials."""
    place = "127.0.0.1:0" if socket_file is None else f"unix:{socket_file}"
    served = OtlpServer()
    server = grpc.aio.server(interceptors=[_PayloadTap(served.payloads)])
    for signal, register in _REGISTER.items():
        register(_Service(signal, served), server)
    if credentials is None:
        served.port = server.add_insecure_port(place)
    else:
        served.port = server.add_secure_port(place, credentials)
    await server.start()
    try:
        yield served
    finally:
        await server.stop(None)
