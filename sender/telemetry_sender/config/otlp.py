"""Settings of the endpoint and of how to speak to it."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from telemetry_common.config import ConfigModel
from telemetry_sender.config.base import Bytes, PositiveSeconds
from telemetry_sender.sinks.endpoint import Endpoint, parse_endpoint
from telemetry_sender.sinks.headers import checked_name, checked_text

# Message sizes are signed 32-bit numbers in gRPC.
_MAX_MESSAGE = (1 << 31) - 1


def _checked_endpoint(text: str) -> str:
    parse_endpoint(text)
    return text


def _distinct_names(headers: dict[str, str]) -> dict[str, str]:
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("two header names differ in upper and lower case only")
    return headers


MessageBytes = Annotated[Bytes, Field(gt=0, le=_MAX_MESSAGE)]
HeaderName = Annotated[str, AfterValidator(lambda name: checked_name(name) and name)]
HeaderText = Annotated[str, AfterValidator(checked_text)]
Headers = Annotated[dict[HeaderName, HeaderText], AfterValidator(_distinct_names)]


class OtlpConfig(ConfigModel):
    """The endpoint and how to speak to it."""

    # repr=False keeps these values out of errors and logs.
    endpoint: Annotated[str, AfterValidator(_checked_endpoint), Field(repr=False)]
    """`host:port`, `http(s)://host:port` or `unix:path`; a scheme decides about TLS."""
    insecure: bool = False
    """Plaintext instead of TLS, for an endpoint without a scheme."""
    headers: Headers = Field(default_factory=dict, repr=False)
    """Sent with every request; `${NAME}` stands for an environment variable."""
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
    max_message_size: MessageBytes = 4 * 1024 * 1024
    """The receiver's limit for one request, in bytes."""

    @property
    def address(self) -> Endpoint:
        """The endpoint, parsed."""
        return parse_endpoint(self.endpoint)

    @property
    def plaintext(self) -> bool:
        """Whether to speak without TLS: the scheme decides, then `insecure`."""
        scheme = self.address.plaintext
        return self.insecure if scheme is None else scheme

    @model_validator(mode="after")
    def _consistent_tls(self) -> Self:
        if (self.client_certificate is None) != (self.client_key is None):
            raise ValueError("client_certificate and client_key belong together")
        if self.plaintext and (self.certificate or self.client_certificate):
            raise ValueError("certificates have no effect without TLS; use https")
        return self
