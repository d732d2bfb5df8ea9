"""A read-only mapping of a file that further processes can map, even when the file has no name."""

import mmap
import os
import weakref
from typing import Self


class MappedFile(mmap.mmap):
    """The bytes of a file. `descriptor` stands for the file as long as the mapping lives."""

    descriptor: int

    def __new__(cls, descriptor: int) -> Self:
        """Map the whole file behind an open descriptor, which stays the caller's.

        Raises OSError, and ValueError for an empty file.
        """
        mapped = super().__new__(cls, descriptor, 0, access=mmap.ACCESS_READ)
        # The mapping has a descriptor of its own, but does not tell it.
        mapped.descriptor = os.dup(descriptor)
        weakref.finalize(mapped, os.close, mapped.descriptor)
        return mapped
