"""What the machine offers a sender."""

import os


def available_cpus() -> int:
    """Return how many CPUs this process may use, where the system tells; else all of them."""
    known = hasattr(os, "sched_getaffinity")  # not on macOS
    return len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1


def machine_memory() -> int | None:
    """Return the bytes of memory that the machine has; None where it does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None
