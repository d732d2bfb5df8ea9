"""Keeps two runs, or two sinks of a run, from writing files of the same names at once.

A lock of the operating system ends with its process, however that ends. So whoever holds the lock
knows that the unfinished files of these names are nobody's.
"""

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path


class Claim:
    """A lock on a file that is there only while it is held."""

    def __init__(self, path: Path) -> None:
        """Take the lock. Raises BlockingIOError when another holds it, or another OSError."""
        self._path = path
        self._descriptor = _locked(path)
        while not _is_there(path, self._descriptor):
            os.close(self._descriptor)
            self._descriptor = _locked(path)

    def release(self) -> None:
        """Let go; safe twice."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            # What is left of a lock without its process locks nobody out.
            with suppress(OSError):
                self._path.unlink()
            os.close(descriptor)


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno == errno.EWOULDBLOCK:
            raise BlockingIOError(error.errno, "is being written by another", str(path)) from None
        raise
    return descriptor


def _is_there(path: Path, descriptor: int) -> bool:
    """Tell whether the locked file is still the one at its path: its last owner removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
