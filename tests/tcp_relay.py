"""A relay between a client and a server, which a test can cut and whose bytes it can count."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Relay:
    """A running relay."""

    server_port: int
    """Where new connections lead."""
    port: int = 0
    sent_bytes: int = 0
    """What the client has sent so far."""
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Close all connections at once; new ones are taken."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def carry(self, client: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        server = await asyncio.open_connection("127.0.0.1", self.server_port)
        self._writers += [client[1], server[1]]
        await asyncio.gather(
            self._pump(client[0], server[1], counted=True),
            self._pump(server[0], client[1], counted=False),
        )

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        try:
            while data := await reader.read(1 << 16):
                self.sent_bytes += len(data) if counted else 0
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()


@asynccontextmanager
async def relaying(server_port: int) -> AsyncIterator[Relay]:
    """Relay a free loopback port to another one."""
    relay = Relay(server_port)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await relay.carry((reader, writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        relay.cut()
        # What the relay's tasks still do with cut connections ends before the loop does.
        await asyncio.sleep(0.01)
