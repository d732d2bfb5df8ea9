"""What the kernel knows of a process's TCP connections: whether the network was the brake.

Linux counts for each connection how long it had bytes to move, and for how much of that time the
peer's window or the own buffer was full (`tcpi_busy_time`, `tcpi_rwnd_limited` and
`tcpi_sndbuf_limited` of `struct tcp_info`, linux/tcp.h, since 4.10). What is left of it was spent
on the way: that is the network, and nothing else can be measured from one end.
"""

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_FDS = Path("/proc/self/fd")
_BUSY_TIME_OFFSET = 168
_TIMES = struct.Struct("@QQQ")
_INFO_BYTES = _BUSY_TIME_OFFSET + _TIMES.size


@dataclass(frozen=True, slots=True)
class LinkUse:
    """How the connections to an endpoint spent their time, in seconds, summed over all of them."""

    connections: int = 0
    busy_seconds: float = 0.0
    """With bytes that the peer had not confirmed."""
    receiver_seconds: float = 0.0
    """Thereof with the peer's window full: it did not read."""
    buffer_seconds: float = 0.0
    """Thereof with the own send buffer too small."""

    def __add__(self, other: "LinkUse") -> "LinkUse":
        return LinkUse(
            self.connections + other.connections,
            self.busy_seconds + other.busy_seconds,
            self.receiver_seconds + other.receiver_seconds,
            self.buffer_seconds + other.buffer_seconds,
        )

    def network_share(self, duration_seconds: float) -> float:
        """Return which part of the duration a connection spent on moving bytes, on average."""
        available = self.connections * duration_seconds
        moving = self.busy_seconds - self.receiver_seconds - self.buffer_seconds
        return moving / available if available > 0 else 0.0


def link_use(port: int) -> LinkUse | None:
    """Return the use of this process's TCP connections to `port`; None where that is not told.

    To be asked before they are closed.
    """
    if not _FDS.is_dir():
        return None
    found = [use for use in _uses(port) if use is not None]
    return sum(found, LinkUse()) if found else None


def _uses(port: int) -> Iterator[LinkUse | None]:
    for entry in list(_FDS.iterdir()):
        # A descriptor may be closed by another thread meanwhile, and most are no sockets.
        with suppress(OSError, ValueError):
            if entry.readlink().name.startswith("socket:"):
                yield _use(int(entry.name), port)


def _use(number: int, port: int) -> LinkUse | None:
    """Return the use of one socket; None when it is no TCP connection to the port."""
    with socket.socket(fileno=os.dup(number)) as connection:
        if connection.type != socket.SOCK_STREAM or connection.family == socket.AF_UNIX:
            return None
        if connection.getpeername()[1] != port:
            return None
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    if len(info) < _INFO_BYTES:
        return None
    busy, receiver, buffer = _TIMES.unpack_from(info, _BUSY_TIME_OFFSET)
    return LinkUse(1, busy / 1e6, receiver / 1e6, buffer / 1e6)
