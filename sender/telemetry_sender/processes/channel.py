"""Messages between two processes over a socket pair: pickles with their length before them."""

import asyncio
import pickle
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("<Q")


def packed(message: Any) -> bytes:
    """Return a message as it is sent."""
    body = pickle.dumps(message, protocol=5)
    return _LENGTH.pack(len(body)) + body


def read_first(line: socket.socket) -> Any:
    """Wait for one message before there is an event loop. Raises EOFError when none comes."""
    (size,) = _LENGTH.unpack(_read(line, _LENGTH.size))
    # Only the other process that this program started can write here.
    return pickle.loads(_read(line, size))  # noqa: S301


def _read(line: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = line.recv(size - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)


class Channel:
    """One end of the line, on an event loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, line: socket.socket) -> "Channel":
        """Take over one end of a socket pair."""
        return cls(*await asyncio.open_connection(sock=line))

    async def receive(self) -> Any:
        """Return the next message. Raises EOFError when the other side is gone."""
        try:
            (size,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            return pickle.loads(await self._reader.readexactly(size))  # noqa: S301 - as above
        except OSError:
            raise EOFError from None

    def send(self, message: Any) -> None:
        """Send a message without waiting; one that nobody can hear any more is lost."""
        if not self._writer.is_closing():
            self._writer.write(packed(message))

    def end(self) -> None:
        """Say that nothing more comes from here; the other side may still speak, and is heard."""
        if not self._writer.is_closing():
            self._writer.write_eof()

    async def close(self) -> None:
        """Wait until everything is sent, and close."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return

    def abort(self) -> None:
        """Close at once; safe twice."""
        self._writer.transport.abort()
