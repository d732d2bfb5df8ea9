"""The server's certificate and key, checked before anything listens."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from telemetry_common.errors import UsageError, reason


@dataclass(frozen=True, slots=True)
class Tls:
    """What TLS needs, for OpenSSL as a context and for gRPC as PEM bytes.

    With `client_authorities`, only clients are served that show a certificate of theirs (mTLS).
    """

    context: ssl.SSLContext
    certificate: bytes
    key: bytes
    client_authorities: bytes | None


def load_tls(certificate: Path | None, key: Path | None, client_ca: Path | None) -> Tls | None:
    """Return what the files hold, or None for plaintext. Raises UsageError."""
    if certificate is None or key is None:
        _refuse_half(certificate, key, client_ca)
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls = Tls(
        context,
        _read("--tls-cert", certificate),
        _read("--tls-key", key),
        None if client_ca is None else _read("--client-ca", client_ca),
    )
    _load_key(context, certificate, key)
    if client_ca is not None:
        _require_clients(context, client_ca)
    return tls


def _refuse_half(certificate: Path | None, key: Path | None, client_ca: Path | None) -> None:
    if certificate is not None or key is not None:
        raise UsageError("--tls-cert and --tls-key", "one is missing", "give both or neither")
    if client_ca is not None:
        fix = "give --tls-cert and --tls-key too"
        raise UsageError("--client-ca", "clients are known by TLS only", fix)


def _load_key(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    try:
        # Without a password at hand, Python would ask for one on the terminal.
        context.load_cert_chain(certificate, key, password=b"")
    except ssl.SSLError:
        problem = f"{key}: not the plain private key of the certificate in {certificate}"
        raise UsageError("--tls-key", problem, "give both as PEM files") from None


def _require_clients(context: ssl.SSLContext, client_ca: Path) -> None:
    try:
        context.load_verify_locations(client_ca)
    except ssl.SSLError:
        problem = f"{client_ca}: holds no certificate"
        raise UsageError("--client-ca", problem, "give a PEM file") from None
    context.verify_mode = ssl.CERT_REQUIRED


def _read(option: str, file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        problem = f"{file}: {reason(error)}"
        raise UsageError(option, problem, "give a readable PEM file") from None
