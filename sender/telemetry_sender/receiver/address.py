"""Where a server listens: a TCP port or a Unix socket."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from telemetry_common.addresses import parse_host_port
from telemetry_common.errors import UsageError

_UNIX = "unix:"


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A host and its port; port 0 lets the system choose. An IPv6 host is in brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """A Unix socket."""

    path: Path

    def __str__(self) -> str:
        return f"{_UNIX}{self.path}"


Address: TypeAlias = TcpAddress | UnixAddress


def http_url(address: Address, *, secure: bool) -> str:
    """Return the base URL of a server; that of a Unix socket is `http+unix:PATH`."""
    scheme = "https" if secure else "http"
    if isinstance(address, UnixAddress):
        return f"{scheme}+{address}"
    return f"{scheme}://{address}"


def parse_address(option: str, text: str) -> Address:
    """Return `HOST:PORT` or `unix:/path`; `option` names it in errors. Raises UsageError."""
    if text.startswith(_UNIX) and len(text) > len(_UNIX):
        return UnixAddress(Path(text.removeprefix(_UNIX)))
    try:
        return TcpAddress(*parse_host_port(text))
    except ValueError as error:
        problem = f"{error} or unix:PATH"
        raise UsageError(f"{option} {text}", problem, "write for example 127.0.0.1:4317") from None
