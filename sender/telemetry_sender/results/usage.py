"""What the sender process itself consumed: the first suspect when a rate is not reached."""

import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

# ru_maxrss counts kilobytes on Linux and bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
# The scheduler's account of the main thread: time on a CPU, and time ready but waiting for one,
# in nanoseconds (Documentation/scheduler/sched-stats.rst).
_SCHEDSTAT = Path("/proc/self/schedstat")


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """CPU time of all threads, user and system, and the largest resident memory so far."""

    cpu_seconds: float
    max_rss_bytes: int
    queued_seconds: float = 0.0
    """How long the main thread, which sends, waited for a core that others used (Linux only)."""

    @classmethod
    def now(cls) -> Self:
        """Return the usage of this process since it started."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return cls(used.ru_utime + used.ru_stime, used.ru_maxrss * _RSS_UNIT, _queued())

    def since(self, start: "ProcessUsage") -> "ProcessUsage":
        """Return this usage without the time that had passed at `start`."""
        return ProcessUsage(
            self.cpu_seconds - start.cpu_seconds,
            self.max_rss_bytes,
            self.queued_seconds - start.queued_seconds,
        )

    def __add__(self, other: "ProcessUsage") -> "ProcessUsage":
        """Return what two processes consumed together; pages that they share count in both."""
        return ProcessUsage(
            self.cpu_seconds + other.cpu_seconds,
            self.max_rss_bytes + other.max_rss_bytes,
            self.queued_seconds + other.queued_seconds,
        )

    @classmethod
    def none(cls) -> Self:
        """Return the usage of nothing."""
        return cls(0.0, 0)


def _queued() -> float:
    try:
        return int(_SCHEDSTAT.read_bytes().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0
