"""Settings of the endpoint and of how to speak to it."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from telemetry_common.config import ConfigModel, MisplacedError
from telemetry_common.signals import Signal
from telemetry_sender.config.base import Bytes, PositiveInt, PositiveSeconds
from telemetry_sender.config.per_signal import (
    EndpointText,
    Headers,
    SignalEndpoints,
    SignalHeaders,
)
from telemetry_sender.sinks.endpoint import Endpoint, parse_endpoint

# Message sizes are signed 32-bit numbers in gRPC.
_MAX_MESSAGE = (1 << 31) - 1
# Each connection is a socket, and processes may have few of them.
_MAX_CONNECTIONS = 10_000

MessageBytes = Annotated[Bytes, Field(gt=0, le=_MAX_MESSAGE)]


class OtlpProtocol(StrEnum):
    """How OTLP travels, by the names of OTEL_EXPORTER_OTLP_PROTOCOL."""

    GRPC = "grpc"
    HTTP_PROTOBUF = "http/protobuf"
    HTTP_JSON = "http/json"


class Compression(StrEnum):
    """How request bodies are compressed."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


class OtlpConfig(ConfigModel):
    """The endpoint and how to speak to it; OTEL_EXPORTER_OTLP_* variables fill what is not set."""

    protocol: OtlpProtocol = OtlpProtocol.GRPC
    """How requests travel."""
    endpoint: EndpointText | None = Field(default=None, repr=False)
    """`host:port`, `http(s)://host:port` or `unix:path`; a scheme decides about TLS. Over HTTP a
    URL may have a path, to which `/v1/traces` and the like are appended."""
    endpoints: SignalEndpoints = SignalEndpoints()
    insecure: bool = False
    """Plaintext instead of TLS, for an endpoint without a scheme."""
    headers: Headers = Field(default_factory=dict, repr=False)
    """Sent with every request; `${NAME}` stands for an environment variable."""
    signal_headers: SignalHeaders = SignalHeaders()
    compression: Compression = Compression.NONE
    """How request bodies are compressed; `zstd` over HTTP only."""
    connections: Annotated[PositiveInt, Field(le=_MAX_CONNECTIONS)] | None = None
    """Connections for each signal: over gRPC one when not given, over HTTP one for each request
    in flight."""
    timeout: PositiveSeconds = 10.0
    """Deadline of one attempt, in seconds."""
    connect_timeout: PositiveSeconds = 10.0
    """How long the first connection may take, in seconds."""
    certificate: Path | None = None
    """PEM file of the authorities to trust; the system's when not given."""
    client_certificate: Path | None = None
    """PEM file of the certificate that the sender shows; needs `client_key`."""
    client_key: Path | None = None
    """PEM file of the private key that belongs to it."""
    server_name: Annotated[str, Field(pattern=r"^[\w.-]+$")] | None = None
    """The name that the endpoint's certificate must have, also asked for (SNI); the host of the
    endpoint when not given."""
    max_message_size: MessageBytes = 4 * 1024 * 1024
    """The receiver's limit for one request, in bytes."""

    def endpoint_of(self, signal: Signal) -> Endpoint | None:
        """Return where a signal goes; None when no setting says so."""
        text = self.endpoints.of(signal) or self.endpoint
        return None if text is None else parse_endpoint(text)

    def is_plaintext(self, endpoint: Endpoint) -> bool:
        """Tell whether to speak without TLS: the scheme decides, then `insecure`."""
        return self.insecure if endpoint.plaintext is None else endpoint.plaintext

    def _given_endpoints(self) -> Iterator[tuple[tuple[str, ...], Endpoint]]:
        """Yield each endpoint with the path of its key."""
        if self.endpoint is not None:
            yield ("endpoint",), parse_endpoint(self.endpoint)
        for signal in Signal:
            if text := self.endpoints.of(signal):
                yield ("endpoints", signal.value), parse_endpoint(text)

    @model_validator(mode="after")
    def _consistent_tls(self) -> Self:
        if (self.client_certificate is None) != (self.client_key is None):
            raise ValueError("client_certificate and client_key belong together")
        given = [endpoint for _, endpoint in self._given_endpoints()]
        of_tls = self.certificate or self.client_certificate or self.server_name
        if given and of_tls and all(map(self.is_plaintext, given)):
            raise ValueError("certificates and server_name have no effect without TLS; use https")
        return self

    @model_validator(mode="after")
    def _fits_the_protocol(self) -> Self:
        over_grpc = self.protocol is OtlpProtocol.GRPC
        if over_grpc and self.compression is Compression.ZSTD:
            problem = "gRPC cannot compress with zstd"
            raise MisplacedError(("compression",), problem, "use gzip, or otlp.protocol over HTTP")
        for key, endpoint in self._given_endpoints():
            if over_grpc:
                _check_over_grpc(key, endpoint)
            elif endpoint.socket_path and not self.insecure:
                problem = "TLS over a Unix socket works with gRPC only"
                raise MisplacedError(key, problem, "set otlp.insecure to true")
        return self


def _check_over_grpc(key: tuple[str, ...], endpoint: Endpoint) -> None:
    if endpoint.path not in ("", "/") or endpoint.query:
        fix = "remove it, or set otlp.protocol to http/protobuf"
        raise MisplacedError(key, "has a path; a gRPC endpoint is host:port", fix)
