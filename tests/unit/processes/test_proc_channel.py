"""The line between a parent and a child."""

import asyncio
import socket

import pytest
import uvloop

from telemetry_sender.processes.channel import Channel

LONG = b"x" * 1_000_000


def test_last_words_are_heard_although_the_other_side_is_speaking() -> None:
    """Two processes that fail at once: one reports its end while it is told to stop."""

    async def talk() -> object:
        ours, theirs = socket.socketpair()
        parent, child = await Channel.open(ours), await Channel.open(theirs)
        child.send(LONG)
        child.end()
        for _ in range(3):
            parent.send("stop")
            await asyncio.sleep(0)
        heard = await parent.receive()
        with pytest.raises(EOFError):
            await parent.receive()
        parent.abort()
        for _ in range(3):
            assert await child.receive() == "stop"
        with pytest.raises(EOFError):
            await child.receive()
        await child.close()
        return heard

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(talk()) == LONG
