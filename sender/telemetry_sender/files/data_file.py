"""One file while it is written: hidden, and given its name only when it is complete."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from telemetry_sender.files.codec import Packed
from telemetry_sender.files.naming import partial_path


class DataFile(Protocol):
    """What a file must be able to do; all may raise OSError but `discard`."""

    path: Path
    """Its name once it is complete."""

    def write(self, data: Packed, at: int) -> None:
        """Write all of `data` at an offset, over what may be there."""
        ...

    def restore(self, data: Packed, at: int) -> None:
        """Write where something was before, and end the file there; also after `seal`."""
        ...

    def seal(self) -> None:
        """Put all of it on disk; nothing more is written."""
        ...

    def publish(self) -> None:
        """Give a sealed file its name."""
        ...

    def discard(self) -> None:
        """Remove a file that has no name yet, as far as that is possible."""
        ...


OpenFile = Callable[[Path], DataFile]


class HiddenFile:
    """A real file."""

    def __init__(self, path: Path) -> None:
        """Make it. Raises OSError."""
        self.path = path
        self._hidden = partial_path(path)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
        self._descriptor = os.open(self._hidden, flags, 0o666)

    def write(self, data: Packed, at: int) -> None:
        """Write all of `data` at an offset, over what may be there."""
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._descriptor, rest, at)
            rest, at = rest[written:], at + written
        self._check_link()

    def restore(self, data: Packed, at: int) -> None:
        """Write where something was before, and end the file there; also after `seal`."""
        if self._descriptor < 0:
            self._descriptor = os.open(self._hidden, os.O_WRONLY | os.O_CLOEXEC)
        # Cut first: what is written then takes no room that it did not have.
        os.ftruncate(self._descriptor, at + len(data))
        self.write(data, at)

    def seal(self) -> None:
        """Put all of it on disk; nothing more is written."""
        os.fsync(self._descriptor)
        self._close()

    def publish(self) -> None:
        """Give it its name. Raises FileExistsError when another came to have it meanwhile."""
        if self.path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(self.path))
        self._hidden.rename(self.path)

    def discard(self) -> None:
        """Remove it, as far as that is possible."""
        self._close()
        try:
            self._hidden.unlink()
        except OSError:
            return

    def _check_link(self) -> None:
        """Raise FileNotFoundError when it was removed: it would go on growing, for nothing."""
        if os.fstat(self._descriptor).st_nlink == 0:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._hidden))

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def put_on_disk(directory: Path) -> None:
    """See to it that the names in a directory outlast a power failure. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
