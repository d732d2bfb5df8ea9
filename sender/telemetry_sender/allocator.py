"""Keeps freed megabyte buffers in the process instead of returning them to the kernel.

Every request is a buffer of up to some megabytes. glibc by default maps buffers of that size afresh
and unmaps them, so that each send pays a page fault for every 4 kB: measured, half of all CPU time
of an unlimited replay. The thresholds are described in mallopt(3).
"""

import ctypes
from contextlib import suppress

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
# The most that mallopt documents for 64 bits; older versions of glibc refuse more.
_LARGEST_REUSED = 32 << 20
_MOST_KEPT = 256 << 20


def keep_large_buffers() -> None:
    """Set the thresholds for this process; does nothing where the C library is not glibc."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.mallopt(_M_MMAP_THRESHOLD, _LARGEST_REUSED)
        library.mallopt(_M_TRIM_THRESHOLD, _MOST_KEPT)
