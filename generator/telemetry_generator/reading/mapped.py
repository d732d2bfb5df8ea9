"""Maps template files: the operating system pages them in and out, nothing is loaded."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telemetry_common.compression import open_template_bytes


@contextmanager
def mapped(path: Path) -> Iterator[mmap.mmap]:
    """Map the plain bytes of a template file, compressed or not, read-only.

    Raises TemplateError for a file that is missing, empty, damaged or cannot be read.
    """
    with open_template_bytes(path) as data:
        yield data


def release(data: mmap.mmap, end: int) -> None:
    """Give back the memory of all pages before byte `end`; they stay readable."""
    whole_pages = end // mmap.PAGESIZE * mmap.PAGESIZE
    if whole_pages:
        data.madvise(mmap.MADV_DONTNEED, 0, whole_pages)
