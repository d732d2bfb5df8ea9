"""Certificates and keys from PEM files, checked before a protocol's library gets them.

gRPC says nothing of a file that it cannot use until the connection has failed for as long as it may
take, and then not which file it was.
"""

import ssl
from pathlib import Path

from telemetry_common.errors import ConfigError, reason


def read_certificates(path: Path, key: str) -> bytes:
    """Return a file of certificates; `key` is the setting that names it. Raises ConfigError."""
    content = _read(path, key)
    try:
        _context().load_verify_locations(path)
    except ssl.SSLError:
        raise ConfigError(key, f"{path}: holds no certificate", "give a PEM file") from None
    return content


def read_private_key(path: Path, key: str, certificate: Path) -> bytes:
    """Return a file of the private key of `certificate`, likewise."""
    content = _read(path, key)
    try:
        # Without a password at hand, Python would ask for one on the terminal.
        _context().load_cert_chain(certificate, path, password=b"")
    except ssl.SSLError:
        problem = f"{path}: holds no private key, an encrypted one, or not that of {certificate}"
        raise ConfigError(key, problem, "give its key as a PEM file") from None
    return content


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # How strong a key must be is for gRPC and the endpoint to say.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def _read(path: Path, key: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        problem = f"{path}: {reason(error)}"
        raise ConfigError(key, problem, "give a readable PEM file") from None
