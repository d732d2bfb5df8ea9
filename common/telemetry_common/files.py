"""Files that appear under their final name only when they are whole."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open `path` for writing under a temporary name; rename it when the block ends well.

    A block that raises, or a process that dies, leaves whatever stood at `path` untouched. A link
    stays a link; a device or pipe such as `/dev/stdout` cannot be replaced and is written directly.
    Raises OSError from the operating system (disk full, no permission).
    """
    opened = _direct(path) if _is_device(path) else _renamed(path.resolve())
    with opened as file:
        yield file


def probe(path: Path) -> None:
    """Raise the OSError that `whole_file` would meet when it opens `path`; change nothing there."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not _is_device(path):
        partial = _partial(path.resolve())
        partial.touch()
        partial.unlink()


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def _direct(path: Path) -> Iterator[BinaryIO]:
    with path.open("wb") as file:
        yield file


@contextmanager
def _renamed(path: Path) -> Iterator[BinaryIO]:
    partial = _partial(path)
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.partial")
