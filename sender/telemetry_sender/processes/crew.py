"""The children of a run as processes: started, spoken to, and never left behind."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from telemetry_common.interrupts import ENDING_SIGNALS
from telemetry_sender.processes.board import Board
from telemetry_sender.processes.messages import Assignment
from telemetry_sender.processes.order import Order
from telemetry_sender.processes.part_replay import Templates
from telemetry_sender.processes.sharing import Handout, share

_DYING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Child:
    """One child and the parent's end of the line to it."""

    number: int
    order: Order
    process: "subprocess.Popen[bytes]"
    line: socket.socket
    assignment: Assignment

    def end(self) -> int:
        """Make sure that it has ended, and return its exit code, negative for a signal."""
        try:
            return self.process.wait(_DYING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def kill(self) -> None:
        """End it at once, and take its remains away."""
        self.process.kill()
        self.process.wait()
        self.line.close()


@dataclass(frozen=True, slots=True)
class Crew:
    """All children of a run, and the board that they write on."""

    children: Sequence[Child]
    board: Board


@contextmanager
def started(orders: Sequence[Order], templates: Templates) -> Iterator[Crew]:
    """Start a child for each order; whatever happens in the block, none outlives it.

    Raises OSError where the system gives no further process or memory.
    """
    with ExitStack() as stack:
        board = Board.make(len(orders), tuple(templates))
        stack.callback(board.close)
        handout = share(templates)
        stack.callback(handout.close)
        children: list[Child] = []
        for number, order in enumerate(orders):
            child = _start(number, order, handout, board)
            stack.callback(child.kill)
            children.append(child)
        yield Crew(children, board)


def _start(number: int, order: Order, handout: Handout, board: Board) -> Child:
    ours, theirs = socket.socketpair()
    with theirs:
        process = _spawn(theirs.fileno(), (*handout.descriptors, board.descriptor))
    assignment = Assignment(number, order, handout, board.descriptor, tuple(board.signals))
    return Child(number, order, process, ours, assignment)


def _spawn(channel: int, descriptors: Sequence[int]) -> "subprocess.Popen[bytes]":
    """Start the program of a child, which inherits the descriptors and nothing else.

    It writes nothing to standard output, where the parent's report may go.
    """
    command = [sys.executable, "-P", "-m", "telemetry_sender.processes.child", str(channel)]
    with _blocked_signals():
        return subprocess.Popen(  # noqa: S603 - our own program, without a shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(channel, *descriptors),
        )


@contextmanager
def _blocked_signals() -> Iterator[None]:
    """Block the ending signals, which a new process inherits; here they come a moment later."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
