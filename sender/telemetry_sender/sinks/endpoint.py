"""Where an OTLP endpoint is: what is dialled, whether TLS is spoken, and the path of a URL."""

import re
from dataclasses import dataclass, field

MASK = "***"

_PLAINTEXT = {"http": True, "https": False}
_DEFAULT_PORT = {"http": "80", "https": "443"}
_UNIX = "unix:"
_MAX_PORT = 65_535
# A name, an IPv4 address or an IPv6 address in brackets; then the port.
_ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[\w.-]+):(?P<port>[0-9]{1,5})")
# What a request line may hold of RFC 3986's path and query.
_PATH = re.compile(r"(?:/[!-\"$->@-~]*)?(?:\?[!-\"$-~]*)?")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A parsed endpoint."""

    target: str
    """`host:port` or `unix:path`, as gRPC takes it."""
    plaintext: bool | None
    """What the scheme says; None without a scheme: the `insecure` setting decides."""
    path: str = ""
    """The path of a URL, from its first slash; empty without one."""
    query: str = field(default="", repr=False)
    """What follows the `?` of a URL; it may hold a key, so it is never shown."""

    @property
    def socket_path(self) -> str | None:
        """The file of a Unix socket; None for a network address."""
        if not self.target.startswith(_UNIX):
            return None
        path = self.target.removeprefix(_UNIX)
        return path.removeprefix("//") if path.startswith("///") else path

    @property
    def host(self) -> str:
        """The host of a network address, without the brackets of IPv6."""
        return self.target.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port of a network address."""
        return int(self.target.rpartition(":")[2])


def parse_endpoint(text: str) -> Endpoint:
    """Return the endpoint written as `host:port`, `http(s)://host[:port][/path]` or `unix:path`.

    A scheme decides about TLS, as for OTEL_EXPORTER_OTLP_ENDPOINT, and has its usual port. Raises
    ValueError, whose message never repeats credentials or a query.
    """
    if text.startswith(_UNIX):
        return _unix(text)
    scheme, separator, rest = text.rpartition("://")
    address, tail = _divided(rest if separator else text)
    if "@" in address or "@" in scheme:
        raise ValueError("an endpoint carries no credentials; use otlp.headers")
    if not separator:
        return _without_scheme(address, tail)
    if scheme.lower() not in _PLAINTEXT:
        raise ValueError(f"unknown scheme {scheme!r}; use http, https, unix or none")
    path, query = _path_and_query(tail)
    target = _host_and_port(address, _DEFAULT_PORT[scheme.lower()])
    return Endpoint(target, _PLAINTEXT[scheme.lower()], path, query)


def shown_endpoint(text: str) -> str:
    """Return an endpoint for reports: a query may hold a key, so it is masked."""
    start, mark, _ = text.partition("?")
    return f"{start}?{MASK}" if mark else text


def _unix(text: str) -> Endpoint:
    if text.strip("/") == _UNIX:
        raise ValueError("the path of the Unix socket is missing; write unix:/run/otlp.sock")
    return Endpoint(text, plaintext=None)


def _divided(text: str) -> tuple[str, str]:
    """Return what stands before the path or query, and the rest."""
    match = re.search(r"[/?#]", text)
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


def _without_scheme(address: str, tail: str) -> Endpoint:
    if tail not in ("", "/"):
        raise ValueError(f"{address!r} has a path; write it as a URL, with http:// or https://")
    return Endpoint(_host_and_port(address, None), plaintext=None)


def _path_and_query(tail: str) -> tuple[str, str]:
    if not _PATH.fullmatch(tail):
        raise ValueError("the path has characters that must be percent-encoded, or a fragment (#)")
    path, _, query = tail.partition("?")
    return path, query


def _host_and_port(address: str, default_port: str | None) -> str:
    has_port = re.search(r":[^\]]*$", address)
    full = address if has_port or default_port is None else f"{address}:{default_port}"
    match = _ADDRESS.fullmatch(full)
    if match is None or not 1 <= int(match["port"]) <= _MAX_PORT:
        raise ValueError(f"{address!r} is not host:port, for example 127.0.0.1:4317")
    return full
