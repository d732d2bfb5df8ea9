"""Standard output that cannot take more: one line instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from telemetry_common.errors import RunError


@contextmanager
def printing() -> Iterator[None]:
    """Raise RunError when standard output cannot be written (disk full).

    A pipe that its reader has closed stays a BrokenPipeError, which ends a command without a word:
    who runs `… | head` has read enough.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        fix = "make room there or send the output elsewhere"
        raise RunError("standard output", problem, fix) from None
