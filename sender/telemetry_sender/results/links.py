"""What the kernel knows of a process's TCP connections: whether the network was the brake.

Where it is, bytes that the peer would take wait to get onto the wire. Linux tells of a connection
how many bytes wait unsent (`tcpi_notsent_bytes` of `struct tcp_info`, linux/tcp.h, since 4.6), how
long it has had bytes to move (`tcpi_busy_time`, 4.10), and for how much of that the peer's window
was full (`tcpi_rwnd_limited`): that peer did not read, which is the endpoint's doing. A slow
application behind a connection leaves nothing unsent.
"""

import os
import socket
import struct
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_FDS = Path("/proc/self/fd")
_NOT_SENT = struct.Struct("@I")
_NOT_SENT_OFFSET = 144
_TIMES = struct.Struct("@QQ")
_TIMES_OFFSET = 168
_INFO_BYTES = _TIMES_OFFSET + _TIMES.size
_PEER_IS_SLOW = 0.5


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection at one moment."""

    unsent_bytes: int
    """Handed over by the process and not yet on the wire."""
    busy_seconds: float
    """How long it has had bytes that the peer had not confirmed."""
    receiver_seconds: float
    """For how much of that the peer's window was full."""

    @property
    def queues(self) -> bool:
        """Whether bytes wait for the network, and not for a peer that does not read."""
        slow_peer = self.receiver_seconds > _PEER_IS_SLOW * self.busy_seconds
        return self.unsent_bytes > 0 and not slow_peer


@dataclass(frozen=True, slots=True)
class LinkUse:
    """How often connections were looked at, and how often their bytes waited for the network."""

    looks: int = 0
    queued: int = 0

    def __add__(self, other: "LinkUse") -> "LinkUse":
        return LinkUse(self.looks + other.looks, self.queued + other.queued)

    @property
    def network_share(self) -> float:
        """How much of the time bytes waited for the network, over all connections."""
        return self.queued / self.looks if self.looks else 0.0


class LinkWatch:
    """Looks at this process's TCP connections to some ports, again and again during a run."""

    def __init__(self, ports: Container[int]) -> None:
        self._ports = ports
        self.use = LinkUse()

    def look(self) -> None:
        """Look once (about 20 µs for each open file); nothing where the system does not tell."""
        found = list(connections(self._ports))
        self.use += LinkUse(len(found), sum(each.queues for each in found))


def connections(ports: Container[int]) -> Iterator[Connection]:
    """Yield this process's TCP connections to `ports`; nothing on systems that do not tell."""
    if not _FDS.is_dir():
        return
    for entry in list(_FDS.iterdir()):
        # A descriptor may be closed by another thread meanwhile, and most are no sockets.
        with suppress(OSError, ValueError):
            if entry.readlink().name.startswith("socket:"):
                yield from _connection(int(entry.name), ports)


def _connection(number: int, ports: Container[int]) -> Iterator[Connection]:
    with socket.socket(fileno=os.dup(number)) as each:
        if each.type != socket.SOCK_STREAM or each.family == socket.AF_UNIX:
            return
        if each.getpeername()[1] not in ports:
            return
        info = each.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    if len(info) == _INFO_BYTES:
        (unsent,) = _NOT_SENT.unpack_from(info, _NOT_SENT_OFFSET)
        busy, receiver = _TIMES.unpack_from(info, _TIMES_OFFSET)
        yield Connection(unsent, busy / 1e6, receiver / 1e6)
