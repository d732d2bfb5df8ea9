"""Where an OTLP/gRPC endpoint is: the target that gRPC dials, and whether TLS is spoken."""

import re
from dataclasses import dataclass

_PLAINTEXT = {"http": True, "https": False}
_MAX_PORT = 65_535
# A name, an IPv4 address or an IPv6 address in brackets; then the port.
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.%]+\]|[\w.-]+):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A parsed endpoint."""

    target: str
    """`host:port` or `unix:path`, as gRPC takes it."""
    plaintext: bool | None
    """What the scheme says; None without a scheme: the `insecure` setting decides."""


def parse_endpoint(text: str) -> Endpoint:
    """Return the endpoint written as `host:port`, `http(s)://host:port` or `unix:path`.

    A scheme decides about TLS, as for OTEL_EXPORTER_OTLP_ENDPOINT. Raises ValueError, whose
    message never repeats credentials.
    """
    if text.startswith("unix:"):
        return Endpoint(text, plaintext=None)
    if "@" in text:
        raise ValueError("an endpoint carries no credentials; use otlp.headers")
    scheme, separator, rest = text.rpartition("://")
    if separator and scheme.lower() not in _PLAINTEXT:
        raise ValueError(f"unknown scheme {scheme!r}; use http, https, unix or none")
    return Endpoint(_host_and_port(rest), _PLAINTEXT[scheme.lower()] if separator else None)


def _host_and_port(text: str) -> str:
    address = text.removesuffix("/")
    if any(mark in address for mark in "/?#"):
        raise ValueError(f"{text!r} has a path; a gRPC endpoint is host:port")
    match = _ADDRESS.fullmatch(address)
    if match is None or not 1 <= int(match["port"]) <= _MAX_PORT:
        raise ValueError(f"{text!r} is not host:port, for example 127.0.0.1:4317")
    return address
