"""Temporary bytes on disk that no crash can leave behind: their file never keeps a name."""

import contextlib
import errno
import mmap
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from telemetry_common.errors import RunError, reason
from telemetry_common.mapped import MappedFile

Blocks = Iterable[bytes | memoryview]

_BUFFER_BYTES = 1 << 20


def mapped_scratch(near: Path, blocks: Callable[[], Blocks], size: int) -> mmap.mmap:
    """Write what `blocks` yields to a nameless file and return it mapped, read-only.

    The file lies in the directory `near`, or in the system's temporary directory where that is
    read-only or has no room; then `blocks` is called anew. It is gone with its last mapping,
    however the process ends. At least `size` bytes must be free, so that a disk is not filled to
    the brim in vain.

    Raises RunError when neither directory will do, ValueError when there is nothing to map, and
    what `blocks` raises, except for OSError, which is taken for the disk's.
    """
    with contextlib.suppress(OSError):
        return _mapped(near, blocks, size)
    try:
        return _mapped(Path(tempfile.gettempdir()), blocks, size)
    except OSError as error:
        raise RunError(
            str(near),
            f"a temporary copy fits neither here nor in the temporary directory ({reason(error)})",
            "free disk space, or let TMPDIR name a larger disk",
        ) from None


def _mapped(directory: Path, blocks: Callable[[], Blocks], size: int) -> mmap.mmap:
    if shutil.disk_usage(directory).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with tempfile.TemporaryFile(buffering=_BUFFER_BYTES, dir=directory) as file:
        for block in blocks():
            file.write(block)
        file.flush()
        return MappedFile(file.fileno())
