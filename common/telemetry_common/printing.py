"""Standard output that cannot take more, or is not there: no traceback and no crash."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from telemetry_common.errors import RunError, reason

_STANDARD_STREAMS = 3


def occupy_standard_streams() -> None:
    """Open the null device for every standard stream that is closed, as behind `>&-`.

    Otherwise a socket or file would get its number, and libuv aborts when it is to close that.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) < _STANDARD_STREAMS:
        pass
    os.close(number)


@contextmanager
def printing() -> Iterator[None]:
    """Raise RunError when standard output cannot be written (disk full).

    A pipe that its reader has closed stays a BrokenPipeError, which ends a command without a word:
    who runs `… | head` has read enough.
    """
    try:
        yield
        if sys.stdout:  # None behind `>&-`
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _discard_output()
        fix = "make room there or send the output elsewhere"
        raise RunError("standard output", reason(error), fix) from None


def _discard_output() -> None:
    """Send what is still buffered nowhere: Python would fail once more, at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
