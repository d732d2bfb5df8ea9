"""Connections cut from this side: gRPC has no call for it, the operating system has."""

import os
import socket
import stat
from pathlib import Path
from urllib.parse import unquote

_UNIX = "unix:"
_MAPPED = "::ffff:"


def sever(peer: str) -> None:
    """Shut the connection of a gRPC peer such as `ipv4:127.0.0.1:50123`.

    The peers of a Unix socket have no names, so all connections of this process that were accepted
    on one are shut.
    """
    for open_file in Path("/dev/fd").iterdir():
        connection = _socket(int(open_file.name))
        if connection is None:
            continue
        with connection:
            if _peer_of(connection) == _plain(peer):
                connection.shutdown(socket.SHUT_RDWR)


def _socket(number: int) -> socket.socket | None:
    """Return a second handle of an open socket, or None when the number is of none."""
    try:
        # Asked first, because a duplicate that makes no socket would stay open.
        is_socket = stat.S_ISSOCK(os.fstat(number).st_mode)
        return socket.socket(fileno=os.dup(number)) if is_socket else None
    except OSError:
        return None


def _plain(peer: str) -> str:
    kind, _, name = peer.partition(":")
    return _UNIX if kind == "unix" else unquote(name)


def _peer_of(connection: socket.socket) -> str | None:
    """Return how gRPC names the peer behind its kind; None without a peer."""
    try:
        name = connection.getpeername()
    except OSError:
        return None
    if connection.family == socket.AF_UNIX:
        return _UNIX if connection.getsockname() else None
    # gRPC takes IPv4 on sockets of IPv6 too.
    host, port = name[0].removeprefix(_MAPPED), name[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
