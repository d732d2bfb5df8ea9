"""Ctrl-C and SIGTERM: they end a command alike, and never cost a result that is already there.

Called by `main` functions and around the writing of results, in the main thread.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from telemetry_common.errors import EXIT_INTERRUPTED

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def as_process(command: Callable[[], int]) -> int:
    """Run the command that is all that this process does; return its exit code.

    A second Ctrl-C may come while the first is being reported, and more of them while Python ends:
    none of them spoils the exit code.
    """
    terminate_like_interrupt()
    try:
        return command()
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    finally:
        ignore_interrupts()


def terminate_like_interrupt() -> None:
    """Let SIGTERM do what Ctrl-C does, so that it too removes what is half done."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(_number: int, frame: FrameType | None) -> None:
    """Pass SIGTERM to whoever handles Ctrl-C at the moment; in a background job nobody does."""
    handler = signal.getsignal(signal.SIGINT)
    if not callable(handler):
        raise KeyboardInterrupt
    handler(signal.SIGINT, frame)


def ignore_interrupts() -> None:
    """Ignore both signals from now on."""
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore both signals while the block runs: it is short, and must not be lost."""
    handlers = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
    ignore_interrupts()
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
