"""Ctrl-C and SIGTERM: they end a command alike, and never cost a result that is already there.

Called by `main` functions and around the writing of results, in the main thread.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
