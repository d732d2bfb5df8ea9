"""Where an OTLP/gRPC endpoint is: the target that gRPC dials, and whether TLS is spoken."""

from dataclasses import dataclass
from urllib.parse import urlsplit

_PLAINTEXT = {"http": True, "https": False}


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
    parts = urlsplit(f"//{text}")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"{text!r} has a path; a gRPC endpoint is host:port")
    if not parts.hostname or _port(text, parts.netloc) is None:
        raise ValueError(f"{text!r} is not host:port, for example 127.0.0.1:4317")
    return parts.netloc


def _port(text: str, netloc: str) -> int | None:
    try:
        return urlsplit(f"//{netloc}").port or None
    except ValueError:
        raise ValueError(f"{text!r} has no port between 1 and 65535") from None
