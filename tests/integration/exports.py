"""A plain OTLP/gRPC client for the integration tests: one channel, one request after another."""

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import (
    ExportProfilesServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

Request = (
    ExportTraceServiceRequest
    | ExportMetricsServiceRequest
    | ExportLogsServiceRequest
    | ExportProfilesServiceRequest
)

DEADLINE_SECONDS = 20.0

# No field, or (as the OpenTelemetry Collector answers) an empty `partial_success` message.
_FULL_SUCCESS = (b"", b"\x0a\x00")

_PACKAGE = "/opentelemetry.proto.collector"
_METHODS: dict[type, str] = {
    ExportTraceServiceRequest: f"{_PACKAGE}.trace.v1.TraceService/Export",
    ExportMetricsServiceRequest: f"{_PACKAGE}.metrics.v1.MetricsService/Export",
    ExportLogsServiceRequest: f"{_PACKAGE}.logs.v1.LogsService/Export",
    ExportProfilesServiceRequest: f"{_PACKAGE}.profiles.v1development.ProfilesService/Export",
}


class Exporter:
    """Sends requests to one OTLP/gRPC endpoint."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel

    def export(self, request: Request) -> None:
        """Send one request; raises grpc.RpcError unless it is accepted in full."""
        response = self.export_bytes(_METHODS[type(request)], request.SerializeToString())
        assert response in _FULL_SUCCESS, f"not accepted in full: {response!r}"

    def export_bytes(self, method: str, payload: bytes) -> bytes:
        """Send any payload to any method and return the response's bytes."""
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self._channel.unary_unary(method)
        response: bytes = call(payload, timeout=DEADLINE_SECONDS)
        return response


@contextmanager
def exporter(address: str) -> Iterator[Exporter]:
    """Connect to `HOST:PORT` without TLS."""
    with grpc.insecure_channel(address) as channel:
        yield Exporter(channel)
