"""Maps template files: the operating system pages them in and out, nothing is loaded."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telemetry_common.errors import TemplateError

_REPLACE = "generate the set again"


@contextmanager
def mapped(path: Path) -> Iterator[mmap.mmap]:
    """Map the bytes of a template file, read-only.

    Raises TemplateError for a file that is missing, empty or cannot be read.
    """
    with _map(path) as data:
        yield data


def _map(path: Path) -> mmap.mmap:
    try:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        raise TemplateError(str(path), problem, _REPLACE) from None
    except ValueError:
        raise TemplateError(str(path), "empty file", _REPLACE) from None


def release(data: mmap.mmap, end: int) -> None:
    """Give back the memory of all pages before byte `end`; they stay readable."""
    whole_pages = end // mmap.PAGESIZE * mmap.PAGESIZE
    if whole_pages:
        data.madvise(mmap.MADV_DONTNEED, 0, whole_pages)
