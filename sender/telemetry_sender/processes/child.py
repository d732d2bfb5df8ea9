"""A child process: sends its part of a run, and does what its parent says.

Run as `python -m telemetry_sender.processes.child DESCRIPTOR`, the descriptor of its end of a
socket pair. Ctrl-C and SIGTERM are blocked from birth: they may reach the whole process group, and
the parent says how a run ends. Without its parent a child ends at once.
"""

import asyncio
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import uvloop

from telemetry_common.errors import EXIT_FAILED, StampedeError
from telemetry_sender.allocator import keep_large_buffers
from telemetry_sender.clock import SystemClock
from telemetry_sender.processes.board import Board, PublishedStats
from telemetry_sender.processes.channel import Channel, read_first
from telemetry_sender.processes.messages import (
    Assignment,
    Begin,
    Ended,
    Failed,
    FromChild,
    FromParent,
    Ready,
    Sampled,
)
from telemetry_sender.processes.part_replay import PartReplay, Templates
from telemetry_sender.processes.sharing import open_shared
from telemetry_sender.results.sample import Sample
from telemetry_sender.results.stats import RunStats
from telemetry_sender.sinks.destination import make_redactor

if TYPE_CHECKING:
    from telemetry_sender.processes.order import Origin

# prctl(2).
_PR_SET_PDEATHSIG = 1


class Line:
    """The child's end of the line to its parent."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._is_over = False
        self._stops = 0
        self._stop: Callable[[], None] | None = None
        self.origin: asyncio.Future[Origin] = asyncio.get_running_loop().create_future()

    def say(self, message: FromChild) -> None:
        """Send a message."""
        self._channel.send(message)

    def end(self) -> None:
        """Say nothing more; the parent hangs up when it has heard everything.

        Were the line closed here, a message that it sends at this moment would fail, and with that
        all that it has not read yet would be gone.
        """
        self._is_over = True
        self._channel.end()

    def on_stop(self, stop: Callable[[], None]) -> None:
        """Call `stop` as often as the parent says so, and has said so already."""
        self._stop = stop
        for _ in range(self._stops):
            stop()

    async def listen(self) -> None:
        """Take the parent's messages until it is gone; end with it, if that is not the end."""
        while True:
            try:
                message: FromParent = await self._channel.receive()
            except EOFError:
                if self._is_over:
                    return
                # Nobody is left to send for, or to tell.
                os._exit(EXIT_FAILED)
            if isinstance(message, Begin):
                self.origin.set_result(message.origin)
            else:
                self._told_to_stop()

    def _told_to_stop(self) -> None:
        self._stops += 1
        if self._stop is not None:
            self._stop()


def main() -> None:
    """Do what the parent assigns; the exit code is for its log alone."""
    _die_with_parent()
    channel = socket.socket(fileno=int(sys.argv[1]))
    try:
        # Classes of other packages must be found before anything of theirs is unpickled.
        sys.path[:] = read_first(channel)
        assignment: Assignment = read_first(channel)
        templates = cast("Templates", open_shared(assignment.templates))
    except (EOFError, OSError):
        sys.exit(EXIT_FAILED)
    keep_large_buffers()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(channel, assignment, templates))


def _die_with_parent() -> None:
    """Be killed when the parent dies, also while no event loop watches the line."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


async def _work(parent: socket.socket, assignment: Assignment, templates: Templates) -> None:
    channel = await Channel.open(parent)
    line = Line(channel)
    listening = asyncio.create_task(line.listen())
    try:
        await _replay(line, assignment, templates)
    except StampedeError as error:
        line.say(Failed.of(error))
    finally:
        line.end()
        await listening
        await channel.close()


async def _replay(line: Line, assignment: Assignment, templates: Templates) -> None:
    order, clock = assignment.order, SystemClock()
    board = Board.open(assignment.board, assignment.signals)
    stats = PublishedStats(
        board, assignment.number, make_redactor(order.config.otlp, order.environ)
    )
    replay = PartReplay(order, templates, stats, clock, on_stop=line.on_stop)
    try:
        await replay.open()
        line.say(Ready())
        origin = await line.origin
        await asyncio.sleep(origin.seconds - clock.seconds())
        result = await replay.go(origin, lambda sample: _send_sample(line, sample))
    finally:
        await replay.close()
    line.say(Ended(replace(result, stats=_plain(stats))))


def _send_sample(line: Line, sample: Sample) -> None:
    line.say(Sampled(sample))


def _plain(stats: RunStats) -> RunStats:
    """Return statistics that can be pickled: without the board."""
    plain = RunStats(stats.signals)
    plain.add(stats)
    return plain


if __name__ == "__main__":
    main()
