"""TLS as configured: what a client shows and whom it trusts; it always verifies."""

import ssl
from dataclasses import dataclass

from telemetry_sender.config.otlp import OtlpConfig
from telemetry_sender.sinks.pem import read_certificates, read_private_key


@dataclass(frozen=True, slots=True)
class PemFiles:
    """The contents of the files that are configured."""

    authorities: bytes | None = None
    """Whom to trust; None for the system's authorities."""
    chain: bytes | None = None
    """The certificate that the client shows."""
    key: bytes | None = None
    """The private key of that certificate."""


def read_pem_files(otlp: OtlpConfig) -> PemFiles:
    """Return the configured files. Raises ConfigError for one that cannot be used."""
    authorities = chain = key = None
    if otlp.certificate:
        authorities = read_certificates(otlp.certificate, "otlp.certificate")
    if otlp.client_certificate and otlp.client_key:
        chain = read_certificates(otlp.client_certificate, "otlp.client_certificate")
        key = read_private_key(otlp.client_key, "otlp.client_key", otlp.client_certificate)
    return PemFiles(authorities, chain, key)


def client_context(otlp: OtlpConfig) -> ssl.SSLContext:
    """Return the same as an SSL context for HTTP/1.1. Raises ConfigError likewise."""
    read_pem_files(otlp)
    context = ssl.create_default_context(cafile=otlp.certificate)
    if otlp.client_certificate:
        context.load_cert_chain(otlp.client_certificate, otlp.client_key)
    context.set_alpn_protocols(["http/1.1"])
    return context
