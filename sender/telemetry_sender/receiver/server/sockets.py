"""Sockets to listen on, and in one line why an address cannot be had."""

import errno
import os
import socket
from pathlib import Path

from telemetry_common.errors import RunError
from telemetry_sender.receiver.address import Address, TcpAddress, UnixAddress

_BACKLOG = 1024


def listening_socket(option: str, address: Address) -> socket.socket:
    """Bind `address` and listen; `option` names it in errors. Raises RunError.

    The file of a Unix socket that nobody listens on any more is replaced.
    """
    try:
        if isinstance(address, UnixAddress):
            return _unix_socket(address.path)
        return _tcp_socket(address)
    except OSError as error:
        # The standard library repeats the address behind the reason.
        problem = (error.strerror or str(error)).partition(" (")[0].lower()
        raise cannot_listen(option, address, problem) from None


def probe(option: str, address: Address) -> None:
    """Bind and release the address, because gRPC does not say why it cannot. Raises RunError."""
    listening_socket(option, address).close()
    release(address)


def release(address: Address) -> None:
    """Remove what an address that nobody listens on any more leaves behind."""
    if isinstance(address, UnixAddress):
        address.path.unlink(missing_ok=True)


def cannot_listen(option: str, address: Address, problem: str) -> RunError:
    """Return the error of an address that cannot be had."""
    other = "another path" if isinstance(address, UnixAddress) else "another address, or port 0"
    return RunError(f"{option} {address}", problem, f"choose {other}")


def bound_address(address: Address, listening: socket.socket) -> Address:
    """Return `address` with the port that the system chose."""
    if isinstance(address, UnixAddress):
        return address
    return TcpAddress(address.host, int(listening.getsockname()[1]))


def _tcp_socket(address: TcpAddress) -> socket.socket:
    host = address.host.strip("[]")
    family = socket.getaddrinfo(host, address.port, type=socket.SOCK_STREAM)[0][0]
    return socket.create_server((host, address.port), family=family, backlog=_BACKLOG)


def _unix_socket(path: Path) -> socket.socket:
    if path.is_socket():
        _remove_stale(path)
    opened = socket.socket(socket.AF_UNIX)
    try:
        opened.bind(str(path))
        opened.listen(_BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


def _remove_stale(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
